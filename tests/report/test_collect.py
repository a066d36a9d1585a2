"""Reading, checking and collecting tidy scores."""

import json

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.report.collect import collect_scores, main
from mgah.semantics.store import ClassSemantics, write_semantics
from mgah.tables.choices import read_choices
from mgah.tables.graphs import read_graphs, write_graphs
from mgah.tables.history import read_history
from mgah.tables.notes import read_notes, write_notes
from mgah.tables.scores import COLUMNS, METHOD_COLUMNS, read_scores, write_scores
from mgah.tables.semantics_notes import read_semantics_notes
from mgah.tables.sweeps import read_sweeps, write_sweeps
from mgah.training.choice import Choice, write_choice


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
        ("value", "high", "'high' in column 'value', line 2"),
        ("value", "inf", "finite number"),
        ("bits", "8.0", "an integer of 64 bits or nothing"),
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


@pytest.mark.slow
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


def test_the_command_joins_scores_and_their_notes(method_file, tmp_path):
    files = [
        method_file("a.csv", {"method": "itq"}, notes=("one",)),
        method_file("b.csv", {"method": "ksh"}, notes=("two",)),
    ]
    written = ["--output", tmp_path / "scores.csv", "--notes", tmp_path / "notes.csv"]
    main([*map(str, ["scores", *written, *files])])
    scores, notes = collect_scores(files)
    assert read_scores(tmp_path / "scores.csv").equals(scores)
    assert read_notes(tmp_path / "notes.csv").equals(notes)


def test_the_command_joins_sweeps_of_parameters_and_of_sizes(make_sweeps, tmp_path):
    files = []
    for parameter, setting in (("training", 100), ("alpha", 0.3)):
        table = make_sweeps({"sweep": parameter, "parameter": parameter, "setting": setting})
        files.append(tmp_path / f"{parameter}.csv")
        write_sweeps(files[-1], table)
    main([*map(str, ["sweeps", "--output", tmp_path / "all.csv", *files])])
    assert read_sweeps(tmp_path / "all.csv")["parameter"].tolist() == ["alpha", "training"]


def test_the_command_joins_what_stores_of_semantics_tell(tmp_path):
    stores = {"cifar10/word2vec": ("GloVe", "an alias"), "awa2/attributes": (), "awa2/word2vec": ("GloVe",)}
    for place, notes in stores.items():
        store = tmp_path / f"semantics/{place}.npz"
        write_semantics(store, ClassSemantics.from_vectors("ab", np.eye(2), notes))
    files = [tmp_path / f"semantics/{place}.npz" for place in stores]
    for name, order in (("one", files), ("two", files[::-1])):
        main([*map(str, ["semantics_notes", "--output", tmp_path / f"{name}.csv", *order])])
    assert read_semantics_notes(tmp_path / "one.csv").to_numpy().tolist() == [
        ["awa2", "word2vec", "GloVe"],
        ["cifar10", "word2vec", "GloVe"],
        ["cifar10", "word2vec", "an alias"],
    ]
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("sweeps", read_sweeps),
        ("choices", read_choices),
        ("history", read_history),
        ("semantics_notes", read_semantics_notes),
    ],
)
def test_the_command_without_files_writes_a_table_without_rows(tmp_path, kind, read):
    main([kind, "--output", str(tmp_path / "table.csv")])
    assert read(tmp_path / "table.csv").empty


def test_the_command_joins_records_of_choices(tmp_path):
    cell = {"dataset": "zoo", "backbone": "b", "semantics": "s", "split": "cat", "method": "m", "label": "M"}
    choice = Choice(cell, 32, 0, [{}, {"scale": 2}], [["ant"]], [[0.25], [0.5]], 1)
    write_choice(tmp_path / "cat.json", choice)
    defaults = ["--defaults", '{"zoo/b/s/m": "plain", "zoo/b/other/m": "another"}']
    main(["choices", *defaults, "--output", str(tmp_path / "choices.csv"), str(tmp_path / "cat.json")])
    table = read_choices(tmp_path / "choices.csv")
    assert set(table["default"]) == {"plain"}
    assert table["mAP"].tolist() == [0.25, 0.5] and table["chosen"].tolist() == [False, True]
    assert table["setting"].tolist() == ["{}", '{"scale": 2}']


def test_the_command_joins_the_course_of_trainings(tmp_path):
    cell = {"dataset": "d", "backbone": "b", "semantics": "s", "split": "t", "method": "mgah", "label": "M"}
    card = {"cell": cell | {"bits": 8, "seed": 0}, "history": {"loss_": [0.5, 0.25], "beta_": [1.0, 5.0]}}
    write_json(tmp_path / "8.json", card)
    main(["history", "--output", str(tmp_path / "history.csv"), str(tmp_path / "8.safetensors")])
    table = read_history(tmp_path / "history.csv")
    assert table[["epoch", "loss", "beta"]].values.tolist() == [[1, 0.5, 1.0], [2, 0.25, 5.0]]


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


def test_graphs_of_one_training_or_of_none(graphs, tmp_path):
    write_graphs(tmp_path / "graphs.csv", graphs)
    main(["graphs", "--output", str(tmp_path / "all.csv"), str(tmp_path / "graphs.csv")])
    assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "graphs.csv").read_bytes()
    main(["graphs", "--output", str(tmp_path / "none.csv")])
    assert read_graphs(tmp_path / "none.csv").empty
