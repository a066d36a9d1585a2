"""Raw data among the params of jobs: its folder, and the files and folders that the config and components name."""

import json
import os

import pytest

from mgah import registry
from mgah.errors import InputError
from mgah.io.downloaded import mark
from mgah.semantics import sentences
from workflow.raw_data import declared, of_dataset, of_pretraining, of_semantics, state

OPTIONS = {"folder": "set.zip", "aliases": {"automobile": "car"}, "limit": 3, "more": ["vectors/a.txt"]}


def test_a_replaced_file_changes_the_state(tmp_path):
    (tmp_path / "set.zip").write_bytes(b"abc")
    os.utime(tmp_path / "set.zip", ns=(5, 7))
    before = state(str(tmp_path), OPTIONS)
    assert before == [os.path.realpath(tmp_path), ["set.zip", 3, 7]]
    os.utime(tmp_path / "set.zip", ns=(5, 8))
    assert state(str(tmp_path), OPTIONS) != before
    (tmp_path / "set.zip").write_bytes(b"abcd")
    os.utime(tmp_path / "set.zip", ns=(5, 7))
    assert state(str(tmp_path), OPTIONS) == [before[0], ["set.zip", 4, 7]]


def test_files_count_at_any_depth_of_a_block_and_text_that_can_be_no_path_does_not(tmp_path):
    (tmp_path / "vectors").mkdir()
    (tmp_path / "car").mkdir()
    (tmp_path / "vectors/a.txt").write_text("a")
    named = (OPTIONS, None, {"sentence": "a word " * 100, "nul": "\0"})
    assert [entry[0] for entry in state(str(tmp_path), *named)[1:]] == ["vectors/a.txt"]


def test_a_folder_counts_by_all_that_lies_in_it_at_any_depth(tmp_path):
    images, deep = tmp_path / "images", tmp_path / "images/train/cat/young"
    deep.mkdir(parents=True)
    (images / "list.txt").write_text("cat")
    (images / "gone").symlink_to(tmp_path / "nowhere")
    (deep / "1.png").write_bytes(b"abc")
    (tmp_path / "elsewhere").mkdir()
    (images / "linked").symlink_to(tmp_path / "elsewhere")
    states = [state(str(tmp_path), "images")]
    for change in (
        lambda: (images / "list.txt").write_text("cat dog"),
        lambda: (deep / "2.png").touch(),
        lambda: (deep / "2.png").rename(deep / "3.png"),
        lambda: (deep / "1.png").write_bytes(b"abcd"),
        lambda: os.utime(deep / "1.png", ns=(0, 7)),  # as when it is repaired and keeps its size
        lambda: (deep / "1.png").rename(images / "train/cat/1.png"),
        lambda: (images / "train").rename(images / "val"),
        lambda: (tmp_path / "elsewhere/4.png").touch(),
        lambda: (images / "dog").mkdir(),
        lambda: (images / "dog").rename(images / "fox"),
    ):
        change()
        states.append(state(str(tmp_path), "images"))
    assert len({json.dumps(each) for each in states}) == 11


def test_what_no_reader_reads_in_a_folder_does_not_count(tmp_path):
    inner = tmp_path / "images/cat"
    inner.mkdir(parents=True)
    (inner / "1.png").touch()
    before = state(str(tmp_path), "images")
    (inner / "back").symlink_to(tmp_path / "images")  # the reader refuses it
    assert len(state(str(tmp_path), "images")) == 2
    (inner / "back").unlink()
    for name in (".1.png.lock", "Thumbs.db"):
        (inner / name).touch()
    (inner / ".git").mkdir()
    os.utime(inner, ns=(0, 7))
    assert state(str(tmp_path), "images") == before
    (tmp_path / "empty").mkdir()
    assert state(str(tmp_path), "empty") == state(str(tmp_path))


def test_a_state_that_is_known_is_not_read_again(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images/1.png").touch()
    known = {}
    before = state(str(tmp_path), "images", known=known)
    (tmp_path / "images/2.png").touch()
    assert (
        state(str(tmp_path), ["images"], known=known) == before == state(str(tmp_path), "images", known=known)
    )
    assert state(str(tmp_path), "images", known={}) != before


def test_what_was_downloaded_counts_as_little_as_what_is_not_there(tmp_path):
    before = state(str(tmp_path), "set.zip")
    (tmp_path / "arrived").write_bytes(b"abc")
    mark(tmp_path / "set.zip", tmp_path / "arrived")
    (tmp_path / "arrived").rename(tmp_path / "set.zip")
    assert state(str(tmp_path), "set.zip") == before
    (tmp_path / "set.zip").write_bytes(b"abcd")
    assert state(str(tmp_path), "set.zip") != before
    (tmp_path / "set.zip").unlink()
    assert state(str(tmp_path), "set.zip") == before


def test_a_download_in_a_folder_does_not_count_either(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set/own.zip").write_bytes(b"a")
    before = state(str(tmp_path), "set")
    (tmp_path / "set/other.zip").write_bytes(b"abc")
    assert state(str(tmp_path), "set") != before
    mark(tmp_path / "set/other.zip", tmp_path / "set/other.zip")
    assert state(str(tmp_path), "set") == before


def test_given_weights_count_with_their_card_and_a_folder_of_published_ones_does_not(tmp_path):
    for name in ("own.safetensors", "own.json", "weights/alexnet-owt-7be5be79.pth"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    found = state(str(tmp_path), weights="own.safetensors")
    assert [entry[0] for entry in found[1:]] == ["own.json", "own.safetensors"]
    for weights in ("weights", "absent.pth", None):
        assert state(str(tmp_path), weights=weights) == state(str(tmp_path))


@pytest.mark.parametrize("word", registry.names("datasets"))
def test_every_file_of_a_dataset_counts(word, tmp_path):
    registry.load("datasets", word).example(tmp_path)
    files = sorted(file for file in tmp_path.rglob("*") if file.is_file())
    for folder in tmp_path.rglob("*/"):
        os.utime(folder, ns=(0, 0))
    named = of_dataset({"datasets": {word: {}}}, word)
    before = state(str(tmp_path), named)
    for file in files[:5] + files[-5:]:
        file.rename(file.with_name("renamed"))
        assert state(str(tmp_path), named) != before, file
        file.with_name("renamed").rename(file)
        os.utime(file.parent, ns=(0, 0))
    assert state(str(tmp_path), named) == before


@pytest.mark.parametrize("word", registry.names("datasets"))
def test_what_a_dataset_needs_is_among_what_it_reads(word):
    paths = declared("datasets", word)
    for place in (place for need in registry.load("datasets", word).needs() for place in need.places):
        assert any(place == path or place.startswith(f"{path}/") for path in paths), place


@pytest.mark.parametrize("word", registry.names("semantics"))
def test_what_a_source_needs_in_the_data_folder_is_among_what_it_reads_or_its_options_name(word, monkeypatch):
    monkeypatch.setattr(sentences, "find_spec", lambda name: True)  # else it says that packages are missing
    files = {
        "sentences": {"descriptions": "texts.tsv"},
        "table": {"file": "classes.csv"},
        "word2vec": {"file": "vectors.txt"},
    }
    options = files.get(word, {})
    paths = of_semantics({"datasets": {"any": {"semantics": {word: options}}}}, "any", word)
    named = [*paths[0], *paths[1].values()]
    places = [place for need in registry.build("semantics", word, **options).needs() for place in need.places]
    assert (places or word == "none") and {place for place in places if place[0] != "/"} <= set(named)


def test_semantics_that_are_shipped_read_no_data_folder():
    config = {"datasets": {"any": {"semantics": {"wordnet": {"builtin": "digits"}}}}}
    assert of_semantics(config, "any", "wordnet") == []


def test_a_pretraining_reads_its_folder():
    assert of_pretraining({"pretraining": {"rest": {"dataset": "imagenet"}}}, "rest") == "imagenet/train"
    assert of_pretraining({"pretraining": {"rest": {"folder": "others"}}}, "rest") == "others"


OWN = """
from mgah.datasets.digits import Digits

FOLDER = "scans"


class Scans(Digits):
    raw_files = {paths}
"""


def test_paths_of_a_dataset_from_outside_are_read_or_refused_in_one_sentence(tmp_path, monkeypatch):
    for name, paths in (("known", '(FOLDER, f"{FOLDER}/more", "a.zip")'), ("computed", "tuple([FOLDER])")):
        (tmp_path / f"{name}.py").write_text(OWN.format(paths=paths))
    monkeypatch.setenv(
        registry.VARIABLE, registry.joined([str(tmp_path / "known.py"), str(tmp_path / "computed.py")])
    )
    assert declared("datasets", "known") == ("scans", "scans/more", "a.zip")
    with pytest.raises(
        InputError, match=r"computed\.py: raw_files of computed is computed or no tuple of text"
    ):
        declared("datasets", "computed")


def test_another_folder_is_another_state_and_a_link_to_it_is_not(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert state(str(tmp_path / "one")) != state(str(tmp_path / "two"))
    assert state(str(tmp_path / "link")) == state(str(tmp_path / "one"))


def test_a_relative_folder_counts_as_it_is_written_whether_it_is_there_or_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert state("data/", OPTIONS) == ["data"]
