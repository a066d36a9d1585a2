import dataclasses
import json

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.splits import draw_split, read_split, write_split
from mgah.splits.split import PARTS
from mgah.splits.store import checksum


@pytest.fixture
def split(images):
    return draw_split(images, "d", "s", ("cat",), training=30, queries=10, seen_queries=8, seed=3)


@pytest.fixture
def stored(tmp_path, split, images):
    write_split(tmp_path / "s.json", split, images)
    return tmp_path / "s.json"


def rewrite(path, **changes):
    """Change a split file by hand, with counts and checksum made to fit."""
    content = json.loads(path.read_text())
    content.update(changes)
    if "counts" not in changes:
        content["counts"] = {part: len(content[part]) for part in PARTS}
    content["checksum"] = checksum(content)
    path.write_text(json.dumps(content))


def moved(split, source, target, count=1):
    """Changes that give the first ids of ``source`` to ``target`` as well."""
    return {target: sorted({*getattr(split, target).tolist(), *getattr(split, source)[:count].tolist()})}


def test_reading_gives_what_was_written(stored, split, images):
    read = read_split(stored, images)
    for field in dataclasses.fields(split):
        expected = getattr(split, field.name)
        if field.name in PARTS:
            assert getattr(read, field.name).dtype == np.int64
            np.testing.assert_array_equal(getattr(read, field.name), expected)
        else:
            assert getattr(read, field.name) == expected


def test_file_is_self_describing_and_stable(stored, split, images, tmp_path):
    content = json.loads(stored.read_text())
    assert content["counts"] == {"training": 30, "queries": 10, "seen_queries": 8, "database": 105}
    assert (content["dataset"], content["split"], content["seed"]) == ("d", "s", 3)
    assert (content["seen"], content["unseen"], content["duplicates"]) == (
        ["zebra", "dog", "ant"],
        ["cat"],
        0,
    )
    assert content["checksum"] == "ae270d18093df4d910f77574d028842ffa9d65cab56ea5710567074544c56c08"
    write_split(tmp_path / "again.json", read_split(stored, images), images)
    assert (tmp_path / "again.json").read_bytes() == stored.read_bytes()


def test_a_balanced_split_is_read_as_one_and_refused_where_it_is_not(tmp_path, images):
    counts = {"training": 30, "queries": 10, "seen_queries": 0, "seed": 3}
    balanced = draw_split(images, "d", "s", ("cat", "ant"), **counts, balanced=True)
    write_split(tmp_path / "s.json", balanced, images)
    assert read_split(tmp_path / "s.json", images).balanced
    plain = draw_split(images, "d", "s", ("cat", "ant"), **counts)
    for part in ("training", "queries"):
        changes = {part: getattr(plain, part)} | ({"database": plain.database} if part == "queries" else {})
        with pytest.raises(InputError, match=rf"has {part} of unequal number a class: \{{'"):
            write_split(tmp_path / "t.json", dataclasses.replace(balanced, **changes), images)
    rewrite(tmp_path / "s.json", balanced=1)
    with pytest.raises(InputError, match="balanced is a int, expected bool"):
        read_split(tmp_path / "s.json", images)


def test_seen_queries_may_be_none(tmp_path, images):
    split = draw_split(images, "d", "s", ("cat",), training=30, queries=10, seen_queries=0, seed=3)
    write_split(tmp_path / "s.json", split, images)
    read = read_split(tmp_path / "s.json", images)
    assert read.seen_queries.shape == (0,) and read.seen_queries.dtype == np.int64


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("queries", "training", "1 images both in training and in queries, first id"),
        ("queries", "database", "1 images both in queries and in database, first id"),
        ("seen_queries", "training", "1 images both in training and in seen_queries, first id"),
        ("queries", "seen_queries", "1 images both in queries and in seen_queries, first id"),
    ],
)
def test_overlap_is_refused_on_write_and_on_read(stored, split, images, tmp_path, source, target, message):
    changes = moved(split, source, target)
    broken = dataclasses.replace(split, **{part: np.array(ids) for part, ids in changes.items()})
    with pytest.raises(InputError, match=message):
        write_split(tmp_path / "broken.json", broken, images)
    assert not (tmp_path / "broken.json").exists()
    rewrite(stored, **changes)
    with pytest.raises(
        InputError, match=rf"split file {stored}: split s of d has {message}.*; remove it and run"
    ):
        read_split(stored, images)


def replaced(ids, new):
    return sorted([*ids[1:].tolist(), int(new)])


def broken_parts(split, images):
    """Changes of one part of a good split, with the message that each must give."""
    names = images["class_name"].to_numpy()
    outside = np.setdiff1d(split.database, np.concatenate([split.training, split.seen_queries]))
    free = {name: outside[names[outside] == name] for name in split.seen + split.unseen}
    of_ant = split.seen_queries[names[split.seen_queries] == "ant"]
    more_zebras = {*split.seen_queries.tolist(), *free["zebra"][:2].tolist()} - set(of_ant[:1].tolist())
    return {
        "unseen in training": (
            {"training": replaced(split.training, free["cat"][0])},
            r"training images of \['cat'\]",
        ),
        "unseen as seen query": (
            {"seen_queries": replaced(split.seen_queries, free["cat"][0])},
            r"seen_queries images of \['cat'\]",
        ),
        "seen as query": (
            {
                "queries": replaced(split.queries, free["dog"][0]),
                "database": sorted({*split.database.tolist(), int(split.queries[0])} - {int(free["dog"][0])}),
            },
            r"queries images of \['dog'\]",
        ),
        "unbalanced": ({"seen_queries": sorted(more_zebras)}, "seen queries of unequal number"),
        "hole in the database": (
            {"database": split.database[1:].tolist()},
            "1 images that are neither query nor",
        ),
        "unknown id": (
            {"training": [*split.training.tolist(), 115]},
            "training id 115, but .* ids from 0 to 114",
        ),
        "negative id": ({"training": [-1, *split.training.tolist()]}, "training id -1, but"),
        "descending": ({"training": split.training[::-1].tolist()}, "training ids that are not ascending"),
        "twice": ({"queries": np.repeat(split.queries, 2).tolist()}, "queries ids that are not ascending"),
        "empty": ({"training": []}, "has no training images"),
        "one class untrained": (
            {"training": split.training[names[split.training] != "ant"].tolist()},
            r"no training image of \['ant'\]",
        ),
        "other unseen class": ({"unseen": ["dog"]}, r"expected two or more seen and one or more unseen"),
        "classes in another order": (
            {"seen": ["ant", "dog", "zebra"]},
            r"in this order \['zebra', 'cat', 'dog'",
        ),
        "duplicates": ({"duplicates": 2}, "says 2 images have copies, but the images table has 0"),
    }


CASES = [
    "unseen in training",
    "unseen as seen query",
    "seen as query",
    "unbalanced",
    "hole in the database",
    "unknown id",
    "negative id",
    "descending",
    "twice",
    "empty",
    "one class untrained",
    "other unseen class",
    "classes in another order",
    "duplicates",
]


@pytest.mark.parametrize("case", CASES)
def test_broken_rules_are_refused_on_write_and_on_read(stored, split, images, tmp_path, case):
    cases = broken_parts(split, images)
    assert set(cases) == set(CASES)
    changes, message = cases[case]
    as_fields = {
        key: np.array(value, dtype=np.int64)
        if key in PARTS
        else tuple(value)
        if isinstance(value, list)
        else value
        for key, value in changes.items()
    }
    with pytest.raises(InputError, match=message):
        write_split(tmp_path / "broken.json", dataclasses.replace(split, **as_fields), images)
    assert not (tmp_path / "broken.json").exists()
    rewrite(stored, **changes)
    with pytest.raises(InputError, match=message):
        read_split(stored, images)


@pytest.mark.parametrize(("part", "where"), [("training", "training and database"), ("database", "database")])
def test_query_whose_pixels_stand_elsewhere(stored, split, images, part, where):
    other = np.setdiff1d(split.database, split.training)[0] if part == "database" else split.training[0]
    query = split.queries[0]
    content = images["content"].to_numpy(dtype=object).copy()
    content[query] = content[other]
    images = images.assign(content=content)
    rewrite(stored, duplicates=2)
    with pytest.raises(
        InputError, match=rf"query {query}, whose pixels are those of image {other} in {where}: a query"
    ):
        read_split(stored, images)


def test_seen_query_whose_pixels_are_in_the_training_set(stored, split, images):
    content = images["content"].to_numpy(dtype=object).copy()
    content[split.seen_queries[2]] = content[split.training[5]]
    rewrite(stored, duplicates=2)
    with pytest.raises(
        InputError, match=rf"query {split.seen_queries[2]}, whose .* image {split.training[5]} in train"
    ):
        read_split(stored, images.assign(content=content))


def test_another_images_table(stored, images):
    images.loc[5, "path"] += "x"
    with pytest.raises(InputError, match=r"was drawn from another images table"):
        read_split(stored, images)


def test_changed_file_without_new_checksum(stored, images):
    stored.write_text(stored.read_text().replace('"seed": 3', '"seed": 4'))
    with pytest.raises(InputError, match=r"its checksum is wrong"):
        read_split(stored, images)


def test_counts_that_do_not_fit(stored, split, images):
    rewrite(stored, counts={**split.counts(), "queries": 11})
    with pytest.raises(InputError, match=r"'queries': 10.* but its counts say .*'queries': 11"):
        read_split(stored, images)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training": "all"}, "training is a str, expected list"),
        ({"training": [0.5, 1]}, "training holds other things than image ids"),
        ({"training": [True, 5]}, "training holds other things than image ids"),
        ({"training": [2**80]}, "training holds other things than image ids"),
        ({"training": [[1], [2]]}, "training holds other things than image ids"),
        ({"seed": "0"}, "seed is a str, expected int"),
        ({"seed": True}, "seed is a bool, expected int"),
        ({"seen": [1, 2]}, "seen holds other things than class names"),
        ({"note": "mine"}, "it has the keys"),
    ],
)
def test_wrong_types(stored, images, changes, message):
    rewrite(stored, **changes)
    with pytest.raises(InputError, match=message):
        read_split(stored, images)
