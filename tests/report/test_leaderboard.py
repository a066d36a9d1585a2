"""Runs beside one another: what is read, what is comparable, and the table of all sources."""

import copy
import gzip
import hashlib
import json
from dataclasses import replace

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.io.packed import pack
from mgah.report import leaderboard
from mgah.report.submissions import comparable, read_submission
from mgah.report.wording import MISSING
from mgah.tables.leaderboard import read_leaderboard
from mgah.tables.scores import write_scores
from tests.fixtures.submissions import SPLITS, rows
from tests.workflow.conftest import ROOT

PUBLISHED = ROOT / "results/published"
COUNTS = {"training": 5000, "queries": 100, "seen_queries": 50, "database": 9900}
RECORD = {
    "config": {
        "name": "ours",
        "datasets": {
            "pets": {
                "semantics": {"words": {"source": "word2vec", "file": "a.txt", "stand_in": "shorter ones"}}
            }
        },
    },
    "commit": "0123456789abcdef",
    "datasets": [
        {"name": "pets", "images": 10_000, "classes": 10, "archive_sha256": None, "card_sha256": "c" * 64}
    ],
    "splits": [
        {
            "dataset": "pets",
            "split": split,
            "seed": 0,
            "counts": dict(COUNTS),
            "checksum": str(place) * 64,
            "images": "a" * 64,
        }
        for place, split in enumerate(SPLITS)
    ],
    "features": [{"dataset": "pets", "backbone": "net", "weights_sha256": "e" * 64}],
}


#: How others pack their scores, by the end of the file's name.
PACK = {".gz": gzip.compress, ".xz": pack}


def submit(folder, scores, record=RECORD, packed=""):
    """Write a submission."""
    folder.mkdir()
    write_scores(folder / "scores.csv", scores)
    content = (folder / "scores.csv").read_bytes()
    files = {"files": {"scores.csv": hashlib.sha256(content).hexdigest()}}
    (folder / "provenance.json").write_text(json.dumps(files | record))
    if packed:
        (folder / f"scores.csv{packed}").write_bytes(PACK[packed](content))
        (folder / "scores.csv").unlink()
    return folder


@pytest.fixture
def ours(tmp_path):
    return read_submission(submit(tmp_path / "run", rows({"itq": 0.2, "mgah": 0.3, "random_codes": 0.9})))


def changed(*path, to):
    record = copy.deepcopy(RECORD)
    *above, last = path
    place = record
    for key in above:
        place = place[key]
    place[last] = to
    return record


def test_a_submission_is_called_by_its_argument_its_config_or_its_folder(tmp_path, ours):
    assert ours.name == "ours"
    assert read_submission(ours.place, "mine").name == "mine"
    bare = {key: value for key, value in RECORD.items() if key not in ("config", "features", "commit")}
    assert read_submission(submit(tmp_path / "theirs", rows({"new": 0.4}), bare)).name == "theirs"


@pytest.mark.parametrize("packed", PACK)
def test_scores_may_be_packed(tmp_path, packed):
    plain = read_submission(submit(tmp_path / "plain", rows({"new": 0.4})))
    found = read_submission(submit(tmp_path / "packed", rows({"new": 0.4}), packed=packed))
    pd.testing.assert_frame_equal(found.scores, plain.scores)


def test_all_sources_stand_in_one_table_with_the_best_first(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"itq": 0.25, "new": 0.4})), "theirs")
    few = rows({"partial": 0.5}, splits=("cat", "dog"))
    third = read_submission(submit(tmp_path / "c", pd.concat([few, rows({"itq": 0.1}, bits=8)])), "third")
    scores, notes = leaderboard.merged(ours, [other, third])
    assert scores.groupby("source").size().to_dict() == {"ours": 18, "theirs": 12, "third": 10}
    table = leaderboard.build(scores, notes, "ours", "")
    (frame,) = table.frames
    assert list(frame.cells) == ["Method", "Source", "8 bits", "32 bits"]
    assert frame.cells.drop(columns="8 bits").values.tolist() == [
        ["RANDOM_CODES", "ours", "0.910 ± 0.025"],
        ["PARTIAL", "third", "0.505 ± 0.064 (2 of 3 splits)"],
        ["NEW", "theirs", "**0.410** ± 0.025"],
        ["MGAH", "ours", "0.310 ± 0.025"],
        ["ITQ", "theirs", "0.260 ± 0.025"],
        ["ITQ", "ours", "0.210 ± 0.025"],
        ["ITQ", "third", MISSING],
    ]
    assert frame.cells["8 bits"].tolist() == [MISSING] * 6 + ["0.110 ± 0.025"]
    assert "theirs: 2 methods from the folder b, code of commit 0123456789ab." in table.notes


def test_a_mean_over_fewer_seeds_than_most_says_so_and_is_not_the_best(tmp_path):
    runs = pd.concat([rows({"mgah": 0.3, "itq": 0.2}, seed=seed) for seed in (0, 1)])
    ours = read_submission(submit(tmp_path / "run", runs))
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.5})), "theirs")
    frame = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "").frames[0]
    assert frame.cells["32 bits"].tolist() == [
        "0.510 ± 0.025 (1 of 2 seeds)",
        "**0.310** ± 0.025",
        "0.210 ± 0.025",
    ]


def test_the_reference_is_compared_with_each_method_of_the_others(tmp_path, ours):
    """On both splits that they share, at the length nearest to 32; equal values and controls are no rivals."""
    theirs = rows({"itq": 0.2, "new": 0.4, "random_codes": 0.5}), rows({"far": 0.1}, splits=("cat", "dog"))
    other = read_submission(submit(tmp_path / "b", pd.concat(theirs)), "theirs")
    table = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah")
    assert [frame.heading for frame in table.frames] == [
        "pets · net · words: mAP",
        "pets · net · words: MGAH of this run against the methods of others, 32 bits",
    ]
    assert table.frames[1].text == "Over 2 to 3 splits, 1 seed."
    cells = table.frames[1].cells
    assert cells.iloc[:, :7].values.tolist() == [
        ["NEW", "theirs", "0.410", "0.310", "-0.100 [-0.100, -0.100]", "3 splits", "0/3"],
        ["FAR", "theirs", "0.105", "0.305", "+0.200 [0.200, 0.200]", "2 splits", "2/2"],
    ]
    assert list(cells)[2:7] == ["mAP", "mAP of MGAH", "Difference", "Units", "Won"]
    assert cells["Verdict"].str.startswith("undecided (no p below 0.05 is possible with").all()
    found = table.data.set_index(["source", "method"])["difference"].dropna().round(3).to_dict()
    assert found == {("theirs", "new"): -0.1, ("theirs", "far"): 0.2}
    assert table.data["won"].dtype == "Int64"


def test_where_methods_share_other_numbers_of_seeds_each_row_says_so(tmp_path):
    """The run has seeds 0 and 1, which are 0.1 apart; one method has both of them, one the seed 1."""
    runs = pd.concat([rows({"mgah": 0.3}), rows({"mgah": 0.4}, seed=1)])
    ours = read_submission(submit(tmp_path / "run", runs))
    theirs = pd.concat([rows({"new": 0.2}), rows({"new": 0.2, "far": 0.2}, seed=1)])
    other = read_submission(submit(tmp_path / "b", theirs), "theirs")
    frame = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah").frames[1]
    columns = ["Method", "mAP", "mAP of MGAH", "Difference", "Units", "Seeds"]
    assert frame.cells[columns].to_numpy().tolist() == [
        ["NEW", "0.210", "0.360", "+0.150 [0.150, 0.150]", "3 splits", "2"],
        ["FAR", "0.210", "0.410", "+0.200 [0.200, 0.200]", "3 splits", "1"],
    ]
    assert frame.text == "Over 3 splits, 1 to 2 seeds."


def test_verdicts_are_also_given_without_development_splits(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})), "theirs")
    merged = leaderboard.merged(ours, [other])
    table = leaderboard.build(*merged, "ours", "mgah", {"pets": ["dog", "cow"], "others": ["cat"]})
    headings = [frame.heading for frame in table.frames]
    assert headings[2] == f"{headings[1]}, without development splits (dog)"
    assert [frame.cells["mAP"].tolist() for frame in table.frames[1:]] == [["0.410"], ["0.410"]]
    assert [frame.text for frame in table.frames[1:]] == ["Over 3 splits, 1 seed.", "Over 2 splits, 1 seed."]
    for elsewhere in ({"others": ["cat"]}, {"pets": ["cow"]}):
        assert len(leaderboard.build(*merged, "ours", "mgah", elsewhere).frames) == 2


def test_a_setting_without_development_splits_has_its_verdicts_once(tmp_path, ours):
    """Where another setting of the same dataset has some."""
    more = [
        rows({"mgah": 0.3, "new": 0.4}, splits=("cat", "fox"), backbone="deep").assign(source=name)
        for name in "ab"
    ]
    here = [rows({"mgah": 0.3, "new": 0.5}).assign(source=name) for name in "ab"]
    table = pd.concat([*more, *here])
    table["value"] += (table["source"] == "b") * 0.01
    found = leaderboard.build(table, [], "a", "mgah", {"pets": ["dog"]})
    headings = [frame.heading for frame in found.frames]
    assert len(headings) == 5 and len(set(headings)) == 5


def test_a_method_has_one_row_whatever_was_trained_on_each_split(tmp_path, ours):
    parts = rows({"new": 0.4}, splits=("cat",), trained="all"), rows({"new": 0.4}, splits=("dog", "fox"))
    other = read_submission(submit(tmp_path / "b", pd.concat(parts)), "theirs")
    frames = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah").frames
    assert [(frame.cells["Method"] == "NEW").sum() for frame in frames] == [1, 1]


def test_a_run_without_the_reference_is_compared_with_nothing(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})), "theirs")
    table = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "dhn")
    assert len(table.frames) == 1 and table.data["difference"].isna().all()
    assert not any("Verdicts are on" in note for note in table.notes)


def test_splits_that_the_run_does_not_have_are_left_out_and_named(tmp_path, ours):
    record = changed("splits", to=[*RECORD["splits"], RECORD["splits"][0] | {"split": "owl"}])
    scores = pd.concat([rows({"new": 0.4}), rows({"new": 0.4}, splits=("cat",), split="owl")])
    other = read_submission(submit(tmp_path / "b", scores, record), "theirs")
    kept, said = comparable(ours, other)
    assert set(kept["split"]) == set(SPLITS)
    assert said == ["Of theirs, which ours does not have, are left out: owl of pets."]
    alone = replace(other, scores=other.scores[other.scores["split"] == "owl"])
    with pytest.raises(
        InputError, match="b cannot be set beside ours: they have no split of a dataset in common"
    ):
        comparable(ours, alone)


def test_what_no_kept_value_is_of_may_differ(tmp_path, ours):
    """Both know more backbones and semantics than they share values of."""
    record = copy.deepcopy(RECORD)
    for side, digit in ((ours.record, "0"), (record, "f")):
        weights = {"weights_sha256": digit * 64}
        side["features"].append({"dataset": "pets", "backbone": "deep"} | weights)
        side["config"]["datasets"]["pets"]["semantics"]["more"] = weights
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), record), "theirs")
    assert len(comparable(ours, other)[0]) == 6
    deep = read_submission(submit(tmp_path / "c", rows({"new": 0.4}, backbone="deep"), record), "deep")
    with pytest.raises(InputError, match="backbone deep has other weights on pets there"):
        comparable(ours, deep)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            ("splits", 1, "counts", "training"),
            4000,
            "split dog of pets has 4,000 images of training there and 5,000",
        ),
        (
            ("splits", 1, "counts", "database"),
            9,
            "split dog of pets has 9 images of database there and 9,900 here",
        ),
        (
            ("splits", 2, "checksum"),
            "d" * 64,
            "split fox of pets has other lists of images there, drawn with the seed 0",
        ),
        (("splits", 0, "images"), "d" * 64, "split cat of pets is of another table of images there"),
        (("datasets", 0, "images"), 9, "dataset pets has 9 images there and 10,000 here"),
        (("datasets", 0, "classes"), 9, "dataset pets has 9 classes there and 10 here"),
        (("features", 0, "weights_sha256"), "d" * 64, "backbone net has other weights on pets there"),
        (
            ("config", "datasets", "pets", "semantics", "words", "file"),
            "b.txt",
            "semantics words of pets are made other",
        ),
    ],
)
def test_what_is_not_comparable_is_refused_with_the_difference(tmp_path, ours, path, value, words):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), changed(*path, to=value)), "theirs")
    with pytest.raises(
        InputError, match=rf"b cannot be set beside ours: the .*{words}.*; their values are not comp"
    ):
        leaderboard.merged(ours, [other])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("config", "datasets", "pets", "semantics", "words", "stand_in"), "in other words"),
        (("datasets", 0, "archive_sha256"), "d" * 64),
        (("config",), "none"),
        (("commit",), None),
    ],
)
def test_words_and_what_only_one_side_knows_do_not_count(tmp_path, ours, path, value):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), changed(*path, to=value)), "theirs")
    assert len(comparable(ours, other)[0]) == 6


LITE = {"net": {"backbone": "efficientnet_lite0", "options": {"image_size": 64}}}


def with_backbones(blocks):
    """A record whose config has ``blocks`` of backbones, and without features, as where all is trained end to end."""
    record = copy.deepcopy(RECORD)
    del record["features"]
    record["config"]["backbones"] = blocks
    return record


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ({"net": {"backbone": "alexnet"}}, "the backbone net is alexnet there and efficientnet_lite0 here"),
        ({}, "the backbone net is net there and efficientnet_lite0 here"),
        (
            {"net": {"backbone": "efficientnet_lite0", "options": {"image_size": 48}}},
            "the option image_size of the backbone net is 48 there and 64 here",
        ),
        (
            {"net": {"backbone": "efficientnet_lite0"}},
            "the option image_size of the backbone net is 224 there and 64 here",
        ),
        (
            {"net": {"backbone": "torchvision:resnet50"}},
            "the backbone net is torchvision there and efficientnet_lite0 here",
        ),
    ],
)
def test_another_backbone_under_one_name_is_refused_with_what_differs(tmp_path, blocks, words):
    ours = read_submission(submit(tmp_path / "run", rows({"itq": 0.2}), with_backbones(LITE)))
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), with_backbones(blocks)), "theirs")
    with pytest.raises(InputError, match=rf"b cannot be set beside ours: {words}; their values are not comp"):
        comparable(ours, other)


def test_the_model_of_a_network_of_another_package_is_part_of_its_backbone(tmp_path):
    records = [
        with_backbones({"net": {"backbone": f"torchvision:{name}"}}) for name in ("resnet50", "resnet18")
    ]
    ours, other = (
        read_submission(submit(tmp_path / name, rows({"new": 0.4}), record), name)
        for name, record in zip("ab", records, strict=True)
    )
    words = 'option model of the backbone net is "resnet18" there and "resnet50" here'
    with pytest.raises(InputError, match=words):
        comparable(ours, other)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (
            LITE,
            {"net": {"backbone": "efficientnet_lite0", "options": {"image_size": 64, "center_crop": False}}},
        ),
        (LITE, LITE | {"deep": {"backbone": "alexnet"}}),
        ({"net": {"backbone": "alexnet", "options": {"image_size": 224}}}, {"net": {"backbone": "alexnet"}}),
        (
            {"net": {"backbone": "efficientnet_lite0", "options": {"image_size": None}}},
            {"net": {"backbone": "efficientnet_lite0", "options": {"image_size": 224}}},
        ),
        (LITE, None),
        (
            {"net": {"backbone": "vectors", "options": {"trained_on": "nothing"}}},
            {"net": {"backbone": "vectors", "options": {"dimension": 512}}},
        ),
    ],
)
def test_backbones_that_are_the_same_or_of_which_a_config_does_not_tell_are_no_difference(
    tmp_path, here, there
):
    """Defaults may be written out, and an option may say what the weights were trained on."""
    ours = read_submission(submit(tmp_path / "run", rows({"itq": 0.2}), with_backbones(here)))
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), with_backbones(there)), "theirs")
    assert len(comparable(ours, other)[0]) == 6


def test_a_backbone_that_one_side_has_no_values_of_is_not_compared(tmp_path):
    """Its name is no component where only the other's config makes it."""
    ours = read_submission(submit(tmp_path / "run", rows({"itq": 0.2}), with_backbones(LITE)))
    more = LITE | {"lite0_96": {"backbone": "efficientnet_lite0", "options": {"image_size": 96}}}
    scores = pd.concat([rows({"new": 0.4}), rows({"new": 0.4}, backbone="lite0_96")])
    other = read_submission(submit(tmp_path / "b", scores, with_backbones(more)), "theirs")
    assert len(comparable(ours, other)[0]) == 12


def test_others_are_compared_among_themselves_where_the_run_lacks_their_backbone(tmp_path, ours):
    places = zip(("b", "c"), (48, 64), strict=True)
    others = [
        read_submission(
            submit(
                tmp_path / name,
                rows({"new": 0.4}, backbone="deep"),
                with_backbones({"deep": {"backbone": "efficientnet_lite0", "options": {"image_size": size}}}),
            ),
            name,
        )
        for name, size in places
    ]
    with pytest.raises(
        InputError, match="c cannot be set beside b: the option image_size of the backbone deep"
    ):
        leaderboard.merged(ours, others)


@pytest.mark.parametrize(("run", "other"), [("cpu", "field"), ("field", "cpu")])
def test_published_runs_of_the_same_splits_stand_beside_each_other(run, other):
    ours, theirs = (read_submission(PUBLISHED / name) for name in (run, other))
    assert len(comparable(ours, theirs)[0]) > 0


def test_a_published_run_at_another_size_of_images_is_refused(tmp_path):
    """The weights and the names are the same, and so are the fingerprints, which are not compared."""
    ours = read_submission(PUBLISHED / "regimes")
    record = copy.deepcopy(ours.record)
    record["config"]["backbones"]["lite0_64"]["options"]["image_size"] = 224
    with pytest.raises(
        InputError, match="option image_size of the backbone lite0_64 is 224 there and 64 here"
    ):
        comparable(ours, replace(ours, name="other", record=record))


def test_another_card_of_the_same_images_is_said(tmp_path, ours):
    record = changed("datasets", 0, "card_sha256", to="d" * 64)
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4}), record), "theirs")
    said = (
        "The card of pets is another in theirs: its images and splits are the same, but not all that it says."
    )
    assert comparable(ours, other)[1] == [said]
    assert said in leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah").notes


def test_two_sources_of_one_name_are_refused(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})))
    with pytest.raises(
        InputError, match="2 sources are called 'ours', expected a name each: --merge NAME=FOLDER"
    ):
        leaderboard.merged(ours, [other])


def spoiled(folder, name, old, new):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "0.41",
            "much",
            r"it holds 'much' in column 'value', line 4, expected a finite number or nothing.*correct it",
        ),
        ("0.41", "1.41", r"it holds 1\.41 in column 'value', line 4, expected a share from 0 to 1"),
        (",dog,", ",cat,", r"metric mAP twice, expected once \(line 4\)"),
        ("backbone", "network", "it has the columns"),
        (",32,", ",0,", "has codes of 0 bits, expected 1 or more"),
        (",32,", ",-8,", "has codes of -8 bits, expected 1 or more"),
        (",dog,", ",cow,", "has scores of the split cow of pets, of which provenance.json says nothing"),
    ],
)
def test_bad_scores_are_refused_with_file_line_and_column(tmp_path, old, new, words):
    record = RECORD | {"files": {}}
    folder = submit(tmp_path / "b", rows({"new": 0.4}), record)
    spoiled(folder, "scores.csv", old, new)
    with pytest.raises(InputError, match=rf"b/scores\.csv .*{words}"):
        read_submission(folder)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("splits",), {}, "splits"),
        (("splits", 1, "checksum"), "short", "entry 2 of splits in .*checksum"),
        (("splits", 0, "counts"), {"training": 5}, "counts in entry 1 of splits in .*"),
        (("datasets", 0, "images"), "many", "entry 1 of datasets in .*images"),
    ],
)
def test_a_bad_provenance_is_refused_with_its_field(tmp_path, path, value, words):
    folder = submit(tmp_path / "b", rows({"new": 0.4}), changed(*path, to=value))
    with pytest.raises(InputError, match=words) as caught:
        read_submission(folder)
    assert "provenance.json" in str(caught.value)


def test_files_that_are_missing_or_were_changed_are_refused(tmp_path):
    folder = submit(tmp_path / "b", rows({"new": 0.4}))
    spoiled(folder, "scores.csv", "0.41", "0.42")
    with pytest.raises(
        InputError, match=r"scores\.csv is not the file that provenance\.json beside it has the SHA-256"
    ):
        read_submission(folder)
    (folder / "provenance.json").unlink()
    with pytest.raises(
        InputError, match=r"has no provenance\.json, expected a folder with scores\.csv, scores\.csv\.xz or"
    ):
        read_submission(folder)


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("spoil", [lambda content: b"no archive", lambda content: content[:-9]])
def test_a_damaged_archive_is_told(tmp_path, packed, spoil):
    folder = submit(tmp_path / "c", rows({"new": 0.4}), packed=packed)
    file = folder / f"scores.csv{packed}"
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(InputError, match=rf"scores\.csv\{packed} cannot be read"):
        read_submission(folder)


def test_all_values_are_written_by_source(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"itq": 0.25}, label="ITQ, mine")), "theirs")
    scores, section = leaderboard.write(ours.place, ours, [other])
    written = read_leaderboard(ours.place / "leaderboard.csv")
    pd.testing.assert_frame_equal(written, scores, check_dtype=False)
    assert set(written.loc[written["method"] == "itq", "label"]) == {"ITQ", "ITQ, mine"}
    assert section.title.startswith("Leaderboard") and (ours.place / "tables/leaderboard.md").is_file()
