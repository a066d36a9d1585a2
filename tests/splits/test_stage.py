"""The entry point ``python -m mgah.splits``, and the splits of the real CIFAR-10."""

import os

import numpy as np
import pytest

from mgah import registry
from mgah.datasets.digits import Digits
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.splits import __main__ as stage
from mgah.splits import draw_split, read_split, split_notes, unseen_classes
from mgah.tables.images import write_images

COUNTS = ["--training", "500", "--queries", "50", "--seen-queries", "50", "--seed", "0"]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    images = index_images(registry.build("datasets", "digits", folder))
    write_images(folder / "images.csv", images)
    return folder / "images.csv", images


def run(*arguments):
    stage.main(list(map(str, arguments)))


def test_several_splits_in_one_run_equal_each_alone(tmp_path, digits):
    path, images = digits
    common = ["--dataset", "digits", "--images", path, *COUNTS]
    run(*common, "--split", "three", "--split", "three+seven", "--output-dir", tmp_path / "all")
    assert sorted(os.listdir(tmp_path / "all")) == ["three+seven.json", "three.json"]
    run(*common, "--split", "three", "--output", tmp_path / "one.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "all" / "three.json").read_bytes()
    split = read_split(tmp_path / "one.json", images)
    assert split.unseen == ("three",) and len(split.seen) == 9
    drawn = draw_split(
        images, "digits", "three", ("three",), training=500, queries=50, seen_queries=50, seed=0
    )
    np.testing.assert_array_equal(split.queries, drawn.queries)


def test_a_split_that_is_another_one_of_the_config_by_another_name_is_refused(tmp_path, digits):
    common = [
        "--dataset",
        "digits",
        "--name",
        "mine",
        "--images",
        digits[0],
        *COUNTS,
        "--output",
        tmp_path / "s.json",
    ]
    run(*common, "--split", "draw0", "--splits", '{"mine": ["draw0", "draw1"], "others": ["draw0", "two"]}')
    (tmp_path / "s.json").unlink()
    with pytest.raises(InputError, match=r"mine has 'draw0' and 'two', which leave the same classes unseen"):
        run(*common, "--split", "draw0", "--splits", '{"mine": ["draw0", "two"]}')
    assert not (tmp_path / "s.json").exists()


def test_a_balanced_split_is_drawn_by_the_command(tmp_path, digits):
    path, images = digits
    common = ["--dataset", "digits", "--images", path, *COUNTS, "--split", "three+seven"]
    run(*common, "--balanced", "--output", tmp_path / "s.json")
    split = read_split(tmp_path / "s.json", images)
    names = images["class_name"].to_numpy()
    assert sorted(np.unique(names[split.training], return_counts=True)[1]) == 4 * [62] + 4 * [63]
    assert np.unique(names[split.queries], return_counts=True)[1].tolist() == [25, 25]
    (note,) = split_notes(split, images)
    assert "62.5 training images of each seen class and 25 queries of each unseen one" in note


def test_folds_come_from_the_seed_of_the_command(tmp_path, digits):
    path, images = digits
    common = ["--dataset", "digits", "--images", path, *COUNTS[:-1]]
    names = ["fold0of3", "fold1of3", "fold2of3"]
    unseen = {}
    for seed in (3, 4):
        run(*common, seed, *(part for name in names for part in ("--split", name)), "--output-dir", tmp_path)
        splits = [read_split(tmp_path / f"{name}.json", images) for name in names]
        unseen[seed] = [split.unseen for split in splits]
        assert unseen[seed] == [unseen_classes(Digits, name, Digits.classes, seed) for name in names]
        assert sorted(sum(unseen[seed], ())) == sorted(Digits.classes)
    assert unseen[3] != unseen[4]


def test_one_bad_split_leaves_nothing_written(tmp_path, digits):
    common = ["--dataset", "digits", "--images", digits[0], "--output-dir", tmp_path / "out", *COUNTS]
    with pytest.raises(InputError, match=r"digits has no split 'ten'"):
        run(*common, "--split", "three", "--split", "ten")
    with pytest.raises(InputError, match=r"split eight of digits has too few images: wanted .* 180 queries"):
        run(*common, "--queries", "180", "--split", "three", "--split", "eight")
    assert not (tmp_path / "out").exists()


def test_one_file_for_two_splits(tmp_path, digits):
    with pytest.raises(InputError, match=r"--output takes one split, got 2: use --output-dir"):
        run(
            *["--dataset", "digits", "--images", digits[0], *COUNTS],
            *["--split", "one", "--split", "two", "--output", tmp_path / "x.json"],
        )


@pytest.mark.long
def test_the_ten_splits_of_real_cifar10(real_data):
    dataset = registry.build("datasets", "cifar10", real_data, download=False)
    images = index_images(dataset)
    assert len(images) == 60_000 and (images["class_name"].value_counts() == 6000).all()
    queries = []
    for name in dataset.classes:
        split = draw_split(
            images,
            "cifar10",
            name,
            unseen_classes(dataset, name, dataset.classes, seed=0),
            training=10_000,
            queries=1000,
            seen_queries=1000,
            seed=0,
        )
        assert split.counts() == {
            "training": 10_000,
            "queries": 1000,
            "seen_queries": 1000,
            "database": 59_000,
        }
        database = images["class_name"].to_numpy()[split.database]
        assert np.sum(database == name) == 5000
        sizes = images["class_name"].iloc[split.seen_queries].value_counts()
        assert sizes.to_list() == [112] + 8 * [111]
        queries.extend(split.queries)
    assert len(set(queries)) == 10_000
