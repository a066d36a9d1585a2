"""What is read of a submission, and what may stand beside what."""

import copy
from dataclasses import replace

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.report import leaderboard
from mgah.report.submissions import comparable, read_submission
from tests.fixtures.submissions import PACK, RECORD, SPLITS, changed, rows, submit
from tests.workflow.conftest import ROOT

PUBLISHED = ROOT / "results/published"


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
