"""Every table is written, read and refused by one declaration."""

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.tables import choices, scores
from mgah.tables.format import TableFormat
from mgah.tables.images import read_images, write_images

TOYS = TableFormat(
    name="toys",
    columns={"name": str, "count": int, "left": int, "price": float, "rate": float, "new": bool},
    key=("name", "count"),
    order=("name", "count"),
    optional=("left", "rate"),
    empty=False,
    missing="nan",
    again="make them again",
    check=lambda table: "is too dear" if (table["price"] > 100).any() else None,
)
HEAD = "name,count,left,price,rate,new\n"
GOOD = "a,1,2,0.5,0.25,True\n"


def test_a_table_reads_back_bit_for_bit_in_its_order_and_types(tmp_path):
    rows = [
        {"name": "b;", "count": 1, "left": None, "price": 0.1 + 0.2, "rate": np.nan, "new": True},
        {"name": 'a "x"\ny', "count": 2**53 + 1, "left": 3, "price": 5e-324, "rate": 1 / 3, "new": False},
        {"name": "", "count": -1, "left": 0, "price": 1.0, "rate": 1.0, "new": False},
    ]
    table = TOYS.rows(rows)
    TOYS.write(tmp_path / "toys.csv", table)
    back = TOYS.read(tmp_path / "toys.csv")
    assert back["name"].tolist() == ["", 'a "x"\ny', "b;"]
    assert back["count"].tolist() == [-1, 2**53 + 1, 1] and back["count"].dtype == np.int64
    assert back["left"].dtype == "Int64" and back["left"].isna().tolist() == [False, False, True]
    assert back["price"].tolist() == [1.0, 5e-324, 0.1 + 0.2]
    assert back["rate"][1] == 1 / 3 and np.isnan(back["rate"][2])
    assert back["new"].dtype == bool and back["new"].tolist() == [False, False, True]
    assert (tmp_path / "toys.csv").read_text().endswith("b;,1,,0.30000000000000004,nan,True\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it cannot be read as csv"),
        ("a,b\n1,2\n", r"it has the columns \['a', 'b'\], expected \['name', 'count'"),
        (HEAD, "it has no rows, expected at least one"),
        (HEAD + GOOD + "a,2.0,2,0.5,0.25,True\n", "'2.0' in column 'count', line 3, expected an integer"),
        *(
            (HEAD + f"a,{text},2,0.5,0.25,True\n", "in column 'count', line 2, expected an integer")
            for text in ("1_000", "\u0663", " 1 ", "1.0", "1e3", "9" * 5000, "")
        ),
        *(
            (HEAD + f"a,1,2,{text},0.25,True\n", "in column 'price', line 2, expected a")
            for text in ("1_0.5", "inf", "x")
        ),
        (HEAD + f"a,{2**63},2,0.5,0.25,True\n", "in column 'count', line 2, expected an integer"),
        (
            HEAD + "a,1,x,0.5,0.25,True\n",
            "'x' in column 'left', line 2, expected an integer of 64 bits or nothing",
        ),
        (HEAD + "a,1,2,nan,0.25,True\n", "'nan' in column 'price', line 2, expected a finite number"),
        (
            HEAD + "a,1,2,0.5,inf,True\n",
            "'inf' in column 'rate', line 2, expected a finite number or nothing",
        ),
        (HEAD + "a,1,2,0.5,0.25,yes\n", "'yes' in column 'new', line 2, expected True or False"),
        (HEAD + "a,1,2\n", "'' in column 'price', line 2, expected a finite number"),
        (HEAD + "a,1,2,0.5,0.25,True,7\n", "a row of more or fewer than 6 values"),
        (HEAD + GOOD + GOOD, r"it holds name a, count 1 twice, expected once \(line 3\)"),
        (HEAD + "a,1,2,500,0.25,True\n", "it is too dear"),
    ],
)
def test_every_bad_file_is_one_sentence_that_names_it(tmp_path, text, fault):
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(
        InputError, match=rf"^toys .*bad\.csv cannot be used, (?s:.*){fault}(?s:.*): make them again$"
    ):
        TOYS.read(tmp_path / "bad.csv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"toys .*none\.csv cannot be used, it cannot be read as csv"):
        TOYS.read(tmp_path / "none.csv")


def test_a_bad_table_is_not_written(tmp_path):
    with pytest.raises(InputError, match="it has the columns"):
        TOYS.write(tmp_path / "toys.csv", pd.DataFrame({"name": ["a"]}))
    assert not (tmp_path / "toys.csv").exists()


IMAGES = {
    "id": [0, 1],
    "class_id": [0, 0],
    "class_name": ["a", "a"],
    "path": ["a/0", "a/1"],
    "content": ["0" * 32, "0123456789abcdef" * 2],
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": [1, 0]}, "ids that are not 0, 1, 2"),
        ({"path": ["a/1", "a/0"]}, "not sorted by unique paths"),
        ({"path": ["a/0", "a/0"]}, "not sorted by unique paths"),
        ({"more": [0, 0]}, "it has the columns"),
        ({"class_id": [0, -1]}, "the class id -1, expected ids from 0 to 32,767"),
        ({"class_id": [40_000, 40_000]}, "the class id 40000"),
        ({"class_id": [0, 1]}, "a class name two ids"),
        ({"class_name": ["a", "b"]}, "a class id two names"),
        ({"content": ["0" * 32, "0" * 31]}, "not 32 hexadecimal digits"),
    ],
)
def test_images_out_of_order_are_refused_when_written_and_when_read(tmp_path, change, fault):
    images = pd.DataFrame(IMAGES | change)
    with pytest.raises(InputError, match=rf"images table .*w\.csv .*{fault}.*remove it and run again"):
        write_images(tmp_path / "w.csv", images)
    images.to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(InputError, match=rf"images table .*r\.csv .*{fault}.*remove it and run again"):
        read_images(tmp_path / "r.csv")


def test_a_dataset_without_images_is_refused(tmp_path):
    images = pd.DataFrame(IMAGES).iloc[:0]
    with pytest.raises(InputError, match="has no rows"):
        write_images(tmp_path / "w.csv", images)
    images.to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(InputError, match="has no rows"):
        read_images(tmp_path / "r.csv")


def test_images_read_back(tmp_path):
    write_images(tmp_path / "images.csv", pd.DataFrame(IMAGES))
    assert read_images(tmp_path / "images.csv").to_dict("list") == IMAGES


SCORE_ROW = dict.fromkeys(scores.COLUMNS, "x") | {
    "bits": 8,
    "seed": 0,
    "metric": "mAP",
    "value": 0.5,
    "leak": "",
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"value": 7.0}, "holds 7.0 in column 'value', line 2, expected a share from 0 to 1"),
        ({"value": -0.1}, "holds -0.1 in column 'value'"),
        ({"seed": -1}, "has the seed -1, expected an integer from 0"),
    ],
)
def test_scores_that_cannot_be_are_refused_when_written_and_when_read(tmp_path, change, fault):
    table = pd.DataFrame([SCORE_ROW | change])
    with pytest.raises(InputError, match=rf"scores .*w\.csv cannot be used, it {fault}"):
        scores.write_scores(tmp_path / "w.csv", table)
    table.to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(InputError, match=rf"scores .*r\.csv cannot be used, it {fault}"):
        scores.read_scores(tmp_path / "r.csv")


def test_a_count_and_a_rounded_share_may_be_above_1(tmp_path):
    rows = [SCORE_ROW | {"metric": "undefined_queries", "value": 3.0}, SCORE_ROW | {"value": 1 + 1e-12}]
    scores.write_scores(tmp_path / "w.csv", pd.DataFrame(rows))
    assert scores.read_scores(tmp_path / "w.csv")["value"].tolist() == [3.0, 1 + 1e-12]


@pytest.mark.parametrize(
    "change",
    [{"mAP": 1.5}, {"setting": "[]"}, {"setting": "x"}, {"held_out": "{}"}, {"held_out": "[" * 10**5}],
)
def test_choices_that_cannot_be_are_refused(tmp_path, change):
    row = dict.fromkeys(choices.COLUMNS, "x") | {"bits": 8, "seed": 0, "trial": 0, "mAP": 0.5, "chosen": True}
    row |= {"setting": '{"a": 1}', "held_out": '["cat"]'}
    choices.write_choices(tmp_path / "w.csv", pd.DataFrame([row]))
    with pytest.raises(InputError, match=f"choices .* {next(iter(change))}|'{next(iter(change))}'"):
        choices.write_choices(tmp_path / "w.csv", pd.DataFrame([row | change]))
