"""Reading, checking and collecting tidy scores."""

import json

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.report.collect import collect_scores
from mgah.tables.notes import read_notes, write_notes
from mgah.tables.scores import COLUMNS, METHOD_COLUMNS, read_scores, write_scores


@pytest.fixture
def method_file(make_scores, tmp_path):
    """Writes a score file of one method, as the evaluation does."""

    def write(name: str, *rows: dict, notes: tuple[str, ...] = ()):
        path = tmp_path / name
        write_scores(path, make_scores(*rows).assign(notes=json.dumps(notes)), METHOD_COLUMNS)
        return path

    return write


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
        ("columns.csv", "it has the columns"),
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


def test_duplicates_are_refused_with_their_files(make_scores, method_file):
    files = [method_file(name, {"bits": bits}) for name, bits in (("a.csv", 8), ("b.csv", 16), ("c.csv", 8))]
    with pytest.raises(
        InputError, match=r"method itq, bits 8, seed 0, metric mAP stands in 2 files \(.*a.csv, .*c.csv\)"
    ):
        collect_scores(files)
    with pytest.raises(InputError, match="twice"):
        make_scores({"method": "cosine", "bits": None}, {"method": "cosine", "bits": None})


def test_collect_does_not_depend_on_the_order_of_files(tmp_path, method_file):
    rows = [{"method": m, "bits": b, "split": s} for m in ("mgah", "itq") for b in (48, 16, 8) for s in "10"]
    files = [method_file(f"{i}.csv", row, notes=("frozen", "small")) for i, row in enumerate(rows)]
    for target, order in (("forward", files), ("backward", files[::-1])):
        scores, notes = collect_scores(order)
        write_scores(tmp_path / f"{target}.csv", scores)
        write_notes(tmp_path / f"{target}_notes.csv", notes)
    for kind in ("", "_notes"):
        written = [(tmp_path / f"{target}{kind}.csv").read_bytes() for target in ("forward", "backward")]
        assert written[0] == written[1]
    assert read_notes(tmp_path / "forward_notes.csv")[["method", "note"]].to_numpy().tolist() == [
        ["itq", "frozen"],
        ["itq", "small"],
        ["mgah", "frozen"],
        ["mgah", "small"],
    ]
    collected = read_scores(tmp_path / "forward.csv")
    assert collected["method"].tolist() == ["itq", "itq", "itq", "mgah", "mgah", "mgah"] * 2
    assert collected["bits"].tolist() == [8, 16, 48] * 4


def test_a_run_may_have_no_notes_but_not_other_columns(tmp_path, method_file):
    _, notes = collect_scores([method_file("a.csv", {})])
    write_notes(tmp_path / "notes.csv", notes)
    assert read_notes(tmp_path / "notes.csv").empty
    notes.drop(columns="note").to_csv(tmp_path / "notes.csv", index=False)
    with pytest.raises(InputError, match=r"notes.csv .*it has the columns \['dataset', .*expected .*'note'"):
        read_notes(tmp_path / "notes.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_notes(tmp_path / "none.csv")


def test_notes_with_any_punctuation_stay_whole(tmp_path, method_file):
    sentences = (
        "Six have images; four of the ten unseen classes do not.",
        'A "quoted" note, with\nits second line.',
        "\u672a\u898b\u306e\u30af\u30e9\u30b9; 10",
        "",
    )
    _, notes = collect_scores([method_file("a.csv", {}, notes=sentences)])
    write_notes(tmp_path / "notes.csv", notes)
    assert read_notes(tmp_path / "notes.csv")["note"].tolist() == sorted(sentences)


@pytest.mark.parametrize("notes", ["one; two", '"one"', "[1]", ""])
def test_notes_that_are_no_list_are_refused(tmp_path, make_scores, notes):
    rows = make_scores({}).assign(notes=notes)
    rows.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=r"a\.csv .*expected a JSON list of sentences"):
        read_scores(tmp_path / "a.csv", METHOD_COLUMNS)
