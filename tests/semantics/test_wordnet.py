import os
import shutil
import zipfile
from itertools import combinations, product

import nltk
import numpy as np
import pytest
from nltk.corpus.reader.wordnet import WordNetCorpusReader
from nltk.corpus.util import LazyCorpusLoader

from mgah.datasets.imagenet_mini import IDS
from mgah.errors import InputError
from mgah.needs.missing import check
from mgah.semantics.corpus import find_synsets, open_wordnet, wordnet_need
from mgah.semantics.wordnet import path_similarity
from tests.semantics.sources import wordnet as class_semantics

ANIMALS = {"cat": "n02121620", "dog": "n02084071", "truck": "n04490091"}


def test_path_similarity_of_the_datasets_nouns(data_dir):
    semantics = class_semantics(["cat", "dog", "truck"], {}, data_dir, ANIMALS)
    expected = [[1, 1 / 5, 1 / 18], [1 / 5, 1, 1 / 13], [1 / 18, 1 / 13, 1]]
    np.testing.assert_allclose(semantics.similarity, expected)
    assert semantics.vectors is None and semantics.notes == ()


def test_path_similarity_counts_the_edges_of_the_shortest_path(data_dir):
    nouns = list(find_synsets(open_wordnet(data_dir), ANIMALS | {"deer": "deer.n.01"}).values())
    found = path_similarity(nouns)
    for (i, one), (j, other) in product(enumerate(nouns), repeat=2):
        up, down = (heights(noun) for noun in (one, other))
        edges = min(up[shared] + down[shared] for shared in up.keys() & down.keys())
        np.testing.assert_allclose(found[i, j], 1 / (1 + edges))


def test_a_hundred_classes_of_imagenet_equal_nltks_own_path_similarity(data_dir):
    synsets = dict(zip(IDS, IDS, strict=True))
    found = class_semantics(IDS, {}, data_dir, synsets).similarity
    wordnet = open_wordnet(data_dir)
    nouns = [wordnet.synset_from_pos_and_offset("n", int(synset_id[1:])) for synset_id in IDS]
    assert nouns[0].name() == "house_finch.n.01"
    expected = [one.path_similarity(other) for one, other in combinations(nouns, 2)]
    np.testing.assert_array_equal(found[np.triu_indices(100, 1)], expected)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 1)


def heights(noun):
    """Edges from a noun up to each of its hypernyms, by the shortest way."""
    pairs = [pair for path in noun.hypernym_paths() for pair in enumerate(reversed(path))]
    return {wider: height for height, wider in sorted(pairs, reverse=True)}


def test_option_replaces_the_datasets_nouns(data_dir):
    options = {"synsets": {"cat": "truck.n.01", "dog": "n02121620"}}
    found = class_semantics(["cat", "dog"], options, data_dir, {"cat": "n02121620"})
    np.testing.assert_allclose(found.similarity[0, 1], 1 / 18)


def test_seen_classes_alone_have_the_same_similarities(data_dir):
    of_all = class_semantics(["cat", "dog", "truck"], {}, data_dir, ANIMALS).subset(["truck", "cat"])
    alone = class_semantics(["truck", "cat"], {}, data_dir, ANIMALS)
    np.testing.assert_array_equal(of_all.similarity, alone.similarity)


def test_unknown_nouns_are_all_named_with_their_class(data_dir):
    synsets = ANIMALS | {"dog": "n02084072", "truck": "n4490091", "gnu": "gnoo.n.01", "run": "run.v.01"}
    message = r"no noun 'n02084072' of dog, 'n4490091' of truck, 'gnoo\.n\.01' of gnu, 'run\.v\.01' of run: "
    with pytest.raises(InputError, match=message):
        class_semantics(list(synsets), {}, data_dir, synsets)


@pytest.mark.parametrize("synsets", [None, {"cat": None}, {"cat": "n02121620"}])
def test_classes_without_noun_are_all_named(synsets):
    with pytest.raises(InputError, match=r"no noun for the \d classes \[.*'gnu', 'yak'\]: name them"):
        class_semantics(["cat", "gnu", "yak"], {}, None, synsets)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"synsets": ["cat"]}, "option synsets is .*, expected a mapping"),
        (
            {"synsets": {"gnu": "gnu.n.01"}},
            r"synsets names the classes \['gnu'\], which the dataset does not",
        ),
        ({"synsets": {}, "builtin": "digits"}, "got the options builtin and synsets"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(InputError, match=message):
        class_semantics(["one"], options)


class TestCorpus:
    @pytest.fixture
    def fresh(self, monkeypatch):
        """NLTK before its first use, with no folder of its own to look into."""
        monkeypatch.setattr(nltk.data, "path", [])
        monkeypatch.setattr("nltk.corpus.wordnet", LazyCorpusLoader("wordnet", WordNetCorpusReader, None))

    def test_corpus_outside_the_data_folder_is_found(self, fresh, tmp_path, data_dir, monkeypatch):
        """NLTK takes the folders that NLTK_DATA names into its path when it is imported."""
        monkeypatch.setattr(nltk.data, "path", [str(data_dir / "nltk_data")])
        assert str(data_dir / "nltk_data/corpora/wordnet.zip") in str(open_wordnet(tmp_path).root)

    def test_missing_corpus_gives_the_command(self, fresh, tmp_path):
        folder = f"{tmp_path}/nltk_data"
        command = rf"is in none of {folder}: run: python -m nltk.downloader -d {folder} wordnet$"
        with pytest.raises(InputError, match=command):
            open_wordnet(tmp_path)
        with pytest.raises(InputError, match=r"run: python -m nltk\.downloader wordnet$"):
            open_wordnet()

    def test_the_reason_of_a_refusal_comes_before_the_first_job(self, fresh, tmp_path, data_dir):
        corpora = tmp_path / "nltk_data/corpora"
        corpora.mkdir(parents=True)
        shutil.copy(data_dir / "nltk_data/corpora/wordnet.zip", tmp_path / "first.zip")
        (corpora / "wordnet.zip").hardlink_to(tmp_path / "first.zip")
        with pytest.raises(InputError, match=r"\n- WordNet cannot be opened: .*wordnet\.zip has 2 names"):
            check([wordnet_need()], [], tmp_path)

    def test_nouns_that_were_cut_are_told_when_it_is_opened(self, fresh, tmp_path, data_dir):
        with zipfile.ZipFile(data_dir / "nltk_data/corpora/wordnet.zip") as archive:
            archive.extractall(tmp_path / "nltk_data/corpora")
        os.truncate(tmp_path / "nltk_data/corpora/wordnet/data.noun", 15_000_000)
        with pytest.raises(InputError, match=r"lacks the end of data\.noun: remove it, then run: python"):
            open_wordnet(tmp_path)

    def test_another_version_is_refused(self, monkeypatch):
        class Newer:
            root = "/usr/share/nltk_data"

            def ensure_loaded(self):
                pass

            def get_version(self):
                return "3.1"

        monkeypatch.setattr("nltk.corpus.wordnet", Newer())
        with pytest.raises(InputError, match=r"has version 3\.1, expected 3\.0"):
            open_wordnet()
