"""Reading, checking and collecting tidy scores."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.evaluation.scores import COLUMNS, read_scores, write_scores
from mgah.report.collect import collect_scores


def test_types_and_empty_text(make_scores):
    scores = make_scores(
        {"bits": 8, "value": np.nan, "class": "nan", "split": "07"},
        {"method": "cosine", "bits": None, "value": 0.1 + 0.2, "semantics": ""},
    )
    assert str(scores["bits"].dtype) == "Int64" and scores["bits"].isna().tolist() == [False, True]
    assert scores["seed"].dtype == np.int64 and scores["value"].dtype == np.float64
    assert np.isnan(scores["value"][0]) and scores["value"][1] == 0.1 + 0.2
    assert scores["class"].tolist() == ["nan", ""] and scores["split"][0] == "07"
    assert scores["semantics"][1] == ""


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("value", "high", "'high' in column 'value', row 1"),
        ("value", "inf", "finite number"),
        ("bits", "8.0", "integer or nothing"),
        ("seed", "", "'' in column 'seed'"),
        ("leak", "dirty", r"leak marks \['dirty'\]"),
    ],
)
def test_bad_cells_are_named(tmp_path, make_scores, column, text, message):
    path = tmp_path / "bad.csv"
    make_scores({}).astype(object).assign(**{column: text}).to_csv(path, index=False)
    with pytest.raises(InputError, match=message):
        read_scores(path)


def test_other_columns_no_rows_and_no_file(tmp_path, make_scores):
    make_scores({}).drop(columns="leak").to_csv(tmp_path / "columns.csv", index=False)
    (tmp_path / "empty.csv").write_text(",".join(COLUMNS) + "\n")
    for name, message in (
        ("columns.csv", "have the columns"),
        ("empty.csv", "no rows"),
        ("none.csv", "cannot be read"),
    ):
        with pytest.raises(InputError, match=message):
            read_scores(tmp_path / name)


def test_one_method_has_one_label(make_scores):
    with pytest.raises(InputError, match="give it one label"):
        make_scores({"label": "ITQ"}, {"label": "itq", "bits": 16})


def test_a_method_has_code_lengths_or_none(make_scores):
    with pytest.raises(InputError, match="with and without a code length"):
        make_scores({"bits": 8}, {"bits": None})


def test_duplicates_are_refused_with_their_files(tmp_path, make_scores):
    for name, bits in (("a.csv", 8), ("b.csv", 16), ("c.csv", 8)):
        make_scores({"bits": bits}, to=tmp_path / name)
    with pytest.raises(
        InputError, match=r"method itq, bits 8, seed 0, metric mAP stands in 2 files \(.*a.csv, .*c.csv\)"
    ):
        collect_scores([tmp_path / name for name in ("a.csv", "b.csv", "c.csv")])
    with pytest.raises(InputError, match="twice"):
        make_scores({"method": "cosine", "bits": None}, {"method": "cosine", "bits": None})


def test_collect_does_not_depend_on_the_order_of_files(tmp_path, make_scores):
    rows = [{"method": m, "bits": b, "split": s} for m in ("mgah", "itq") for b in (48, 16, 8) for s in "10"]
    names = [tmp_path / f"{i}.csv" for i in range(len(rows))]
    for name, row in zip(names, rows, strict=True):
        make_scores(row, to=name)
    for target, order in (("forward.csv", names), ("backward.csv", names[::-1])):
        write_scores(tmp_path / target, collect_scores(order))
    assert (tmp_path / "forward.csv").read_bytes() == (tmp_path / "backward.csv").read_bytes()
    collected = read_scores(tmp_path / "forward.csv")
    assert collected["method"].tolist() == ["itq", "itq", "itq", "mgah", "mgah", "mgah"] * 2
    assert collected["bits"].tolist() == [8, 16, 48] * 4
