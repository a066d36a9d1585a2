"""``python -m mgah.evaluation score``: from codes files to a score file and a counts file."""

import math

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.evaluation import __main__ as stage
from mgah.evaluation.counts_file import cell_key, read_counts
from mgah.evaluation.rows import METRICS, Value, score_rows
from mgah.evaluation.score import bit_balance, score_codes
from mgah.methods.codes import pack, write_codes
from mgah.metrics import from_counts, mean_average_precision, precision_at_radius
from mgah.tables.leaks import read_marks
from mgah.tables.scores import COLUMNS, METHOD_COLUMNS, read_scores, write_scores
from mgah.tables.sweeps import read_sweeps
from tests.evaluation.conftest import CELL, codes_of


def run(*arguments):
    stage.main(list(map(str, arguments)))


def values_of(scores, whole=True):
    part = scores[(scores["class"] == "") == whole]
    return {
        (m, c) if not whole else m: v
        for m, c, v in zip(part["metric"], part["class"], part["value"], strict=True)
    }


def test_scores_of_a_file(arrays, tmp_path):
    codes, labels, queries, database, seen = arrays
    write_codes(tmp_path / "24.npz", codes_of(arrays))
    leaks = tmp_path / "leaks.csv"
    leaks.write_text(
        "class,synset,mark,via\nbird,n1,clean,\ncat,n2,same,n2\ndog,n3,clean,\neel,n4,child,n5\n"
    )
    out, counts = tmp_path / "scores.csv", tmp_path / "counts.npz"
    run("score", "--output", out, "--counts", counts, "--leaks", leaks, tmp_path / "24.npz")
    scores = read_scores(out, METHOD_COLUMNS)
    assert tuple(scores.columns) == METHOD_COLUMNS
    whole, by_class = values_of(scores), values_of(scores, whole=False)
    assert set(whole) == set(METRICS) and len(scores) == len(whole) + len(by_class)

    given = codes[queries], labels[queries], codes[database], labels[database]
    assert whole["mAP"] == mean_average_precision(*given)
    assert whole["mAP_stable"] == mean_average_precision(*given, ties="stable")
    assert whole["P@H<=2"] == precision_at_radius(*given)
    assert whole["mAP_min"] <= whole["mAP_stable"] <= whole["mAP_max"]
    distances = (codes[queries][:, None] != codes[database]).sum(axis=2)
    assert whole["empty_ball_share"] == np.mean((distances > 2).all(axis=1))
    filled = 1 - whole["empty_ball_share"]
    assert whole["P@H<=2_nonempty"] == pytest.approx(whole["P@H<=2"] / filled, abs=1e-14)
    seen_values = []
    for one in seen:  # every seen query against the database without itself
        rest = database[database != one]
        seen_values.append(mean_average_precision(codes[[one]], labels[[one]], codes[rest], labels[rest]))
    assert whole["seen_mAP"] == math.fsum(seen_values) / len(seen_values)
    u, s = whole["mAP"], whole["seen_mAP"]
    assert whole["harmonic_mean"] == 2 * u * s / (u + s)
    assert whole["bit_balance"] == pytest.approx(np.abs(codes[database].mean(axis=0)).mean(), abs=1e-15)
    assert whole["undefined_queries"] == 0

    assert set(by_class) == {(m, c) for m in ("mAP", "P@H<=2") for c in ("cat", "eel")} | {
        ("seen_mAP", c) for c in ("bird", "dog")
    }
    cats = queries[labels[queries] == 1]
    assert by_class["mAP", "cat"] == mean_average_precision(codes[cats], labels[cats], *given[2:])
    assert by_class["P@H<=2", "cat"] == precision_at_radius(codes[cats], labels[cats], *given[2:])
    marks = scores.set_index(["metric", "class"])["leak"]
    assert (marks["mAP", ""], marks["mAP", "cat"], marks["P@H<=2", "eel"]) == ("mixed", "same", "child")
    assert marks["seen_mAP", "bird"] == ""
    assert set(scores["notes"]) == {'["first note", "second, with a comma"]'}
    assert scores["bits"].tolist() == [24] * len(scores) and scores["seed"].tolist() == [3] * len(scores)

    stored = read_counts(counts)[cell_key(CELL | {"bits": 24})]
    again = from_counts.expected_average_precision(stored["unseen_cnt"], stored["unseen_rel"])
    assert from_counts.mean_defined(again)[0] == whole["mAP"]
    again = from_counts.expected_average_precision(stored["seen_cnt"], stored["seen_rel"])
    assert from_counts.class_means(again, stored["seen_labels"])[2] == by_class["seen_mAP", "dog"]
    assert stored["seen_ids"].tolist() == seen.tolist() and stored["unseen_ids"].tolist() == queries.tolist()
    with np.load(counts) as file:
        assert {file[name].dtype for name in file.files} == {np.dtype(np.uint32)}


def test_same_integers_same_bytes(arrays, tmp_path, monkeypatch, random_codes):
    paths = []
    for n_bits in (8, 24):
        codes = random_codes(np.random.default_rng(5), 400, n_bits, n_classes=4)[0]
        paths.append(tmp_path / f"{n_bits}.npz")
        write_codes(paths[-1], codes_of((codes, *arrays[1:])))
    bytes_of = []
    for backend in (None, None, "numpy"):
        with monkeypatch.context() as patch:
            patch.setattr(
                stage, "score_codes", lambda codes, backend=backend: score_codes(codes, backend=backend)
            )
            run("score", "--output", tmp_path / "s.csv", "--counts", tmp_path / "c.npz", *paths)
        bytes_of.append((tmp_path / "s.csv").read_bytes() + (tmp_path / "c.npz").read_bytes())
    assert len(set(bytes_of)) == 1
    assert len(read_counts(tmp_path / "c.npz")) == 2
    scores = read_scores(tmp_path / "s.csv", METHOD_COLUMNS)
    assert set(scores["leak"]) == {""} and set(scores["bits"]) == {8, 24}


def test_undefined_queries_are_counted(arrays):
    codes, labels, queries, database, seen = arrays
    kept = database[labels[database] != 3]  # no eel is left to be found
    values, _ = score_codes(codes_of((codes, labels, queries, kept, seen)))
    values = {(v.metric, v.class_name): v.value for v in values}
    assert values["undefined_queries", ""] == (labels[queries] == 3).sum() > 0
    assert math.isnan(values["mAP", "eel"]) and not math.isnan(values["mAP", ""])


def test_a_split_without_seen_queries(arrays):
    values, cell = score_codes(codes_of(arrays, seen_query_ids=np.empty(0, np.int64)))
    values = {(v.metric, v.class_name): v.value for v in values}
    assert math.isnan(values["seen_mAP", ""]) and math.isnan(values["harmonic_mean", ""])
    assert values["mAP", ""] > 0 and len(cell["seen_cnt"]) == 0


def test_bit_balance():
    codes = np.array([[1, 1, 1], [1, -1, 1], [1, 1, -1], [1, -1, 1]], np.int8)
    assert bit_balance(pack(codes), 3) == (1 + 0 + 0.5) / 3


def test_bad_codes_files_write_nothing(arrays, tmp_path):
    codes, labels, queries, database, seen = arrays
    cases = (
        (codes_of(arrays, cell=CELL | {"bits": 16}), "24 bits and calls them 16"),
        (codes_of(arrays, cell={"bits": 24}), "lacks"),
        (codes_of((codes, labels, queries[:0], database, seen)), "0 queries"),
    )
    for content, message in cases:
        write_codes(tmp_path / "bad.npz", content)
        with pytest.raises(InputError, match=message):
            run(
                "score",
                "--output",
                tmp_path / "s.csv",
                "--counts",
                tmp_path / "c.npz",
                tmp_path / "bad.npz",
            )
    write_codes(tmp_path / "a.npz", codes_of(arrays))
    same = [
        "score",
        "--output",
        tmp_path / "s.csv",
        "--counts",
        tmp_path / "c.npz",
        *[tmp_path / "a.npz"] * 2,
    ]
    with pytest.raises(InputError, match="another file is already"):
        run(*same)
    assert not (tmp_path / "s.csv").exists() and not (tmp_path / "c.npz").exists()


def test_leak_marks_belong_to_one_dataset(arrays, tmp_path):
    leaks = tmp_path / "leaks.csv"
    leaks.write_text("class,synset,mark,via\ncat,n2,same,n2\neel,n4,same,n5\n")
    for name in ("one", "two"):
        cell = CELL | {"bits": 24, "dataset": name}
        write_codes(tmp_path / f"{name}.npz", codes_of(arrays, cell=cell))
    outputs = ["score", "--output", tmp_path / "s.csv", "--counts", tmp_path / "c.npz", "--leaks", leaks]
    with pytest.raises(InputError, match="score them apart"):
        run(*outputs, tmp_path / "one.npz", tmp_path / "two.npz")
    run(*outputs, tmp_path / "one.npz")
    scores = read_scores(tmp_path / "s.csv", METHOD_COLUMNS)
    assert set(scores.loc[scores["class"] == "", "leak"]) == {"same"}  # the common mark
    leaks.write_text("class,synset,mark,via\ncat,n2,same,n2\n")
    with pytest.raises(InputError, match="lack the unseen classes"):
        run(*outputs, tmp_path / "one.npz")


@pytest.mark.parametrize(
    "text, message",
    [
        ("class,mark\ncat,same\n", "columns"),
        ("class,synset,mark,via\ncat,n1,dirty,\n", "dirty"),
        ("class,synset,mark,via\ncat,n1,same,\ncat,n1,same,\n", "once"),
        ("", "cannot be read"),
    ],
)
def test_bad_leak_marks(tmp_path, text, message):
    (tmp_path / "leaks.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_marks(tmp_path / "leaks.csv")


def test_values_read_back_bit_for_bit(tmp_path):
    values = [0.1 + 0.2, 1 / 3, 5e-324, math.nan, 0.0, 1.0]
    rows = score_rows(
        CELL | {"notes": []}, [Value("mAP", "", value) for value in values], ["cat"], {"cat": "clean"}
    ).assign(seed=range(len(values)))
    write_scores(tmp_path / "s.csv", rows, METHOD_COLUMNS)
    back = read_scores(tmp_path / "s.csv", METHOD_COLUMNS)
    assert np.array(back["value"]).tobytes() == np.array(values).tobytes()
    assert back["bits"].isna().all() and set(back["notes"]) == {"[]"} and set(back["leak"]) == {"clean"}
    with pytest.raises(InputError, match="columns"):
        write_scores(tmp_path / "t.csv", rows[list(METHOD_COLUMNS[::-1])])
    (tmp_path / "u.csv").write_text(",".join(METHOD_COLUMNS) + "\n" + "a,b,c,d,e,f,8,zero,mAP,,0.5,,\n")
    with pytest.raises(InputError, match="'zero' in column 'seed'"):
        read_scores(tmp_path / "u.csv", METHOD_COLUMNS)
    (tmp_path / "c.npz").write_bytes(b"no zip")
    with pytest.raises(InputError, match="cannot be read"):
        read_counts(tmp_path / "c.npz")


SETTING = {"sweep": "sensitivity", "parameter": "alpha", "setting": "0.5", "default": "0.3"}


def test_a_sweep_has_the_scores_of_its_codes_beside_their_setting(arrays, tmp_path):
    for setting in ("0.5", "1"):
        cell = CELL | {"bits": 24} | SETTING | {"setting": setting}
        write_codes(tmp_path / f"codes/seed0/alpha/{setting}/24.npz", codes_of(arrays, cell=cell))
    run("sweep", "--output", tmp_path / "sweep.csv", tmp_path / "codes")
    table = read_sweeps(tmp_path / "sweep.csv")
    assert tuple(table.columns) == (*SETTING, *COLUMNS)
    assert set(table["setting"]) == {"0.5", "1"} and set(table["default"]) == {"0.3"}
    write_codes(tmp_path / "24.npz", codes_of(arrays))
    out = ("--output", tmp_path / "scores.csv", "--counts", tmp_path / "counts.npz")
    run("score", *out, tmp_path / "24.npz")
    alone = read_scores(tmp_path / "scores.csv", METHOD_COLUMNS).set_index(["metric", "class"])["value"]
    for _, rows in table.groupby("setting"):
        assert rows.set_index(["metric", "class"])["value"].to_dict() == pytest.approx(
            alone.to_dict(), nan_ok=True
        )


def test_a_sweep_without_codes_or_settings_is_one_error(arrays, tmp_path):
    (tmp_path / "codes").mkdir()
    with pytest.raises(InputError, match="hold no codes: fit the sweep first"):
        run("sweep", "--output", tmp_path / "sweep.csv", tmp_path / "codes")
    write_codes(tmp_path / "codes/24.npz", codes_of(arrays))
    with pytest.raises(InputError, match=r"24\.npz lacks \['sweep', .*score it with score"):
        run("sweep", "--output", tmp_path / "sweep.csv", tmp_path / "codes")
    assert not (tmp_path / "sweep.csv").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"unseen_rel": np.full((2, 9), 9, np.uint32)},
        {"unseen_cnt": np.ones((2, 8), np.uint32)},
        {"unseen_cnt": np.ones((2, 9))},
        {"unseen_ids": np.array([4, 4], np.uint32)},
        {"unseen_labels": np.array([1], np.uint32)},
        {"other": np.array([1], np.uint32)},
    ],
)
def test_counts_that_cannot_be_are_refused(tmp_path, change):
    cell = {f"unseen_{part}": np.ones((2, 9), np.uint32) for part in ("cnt", "rel")}
    cell |= {"unseen_labels": np.array([1, 1], np.uint32), "unseen_ids": np.array([4, 5], np.uint32)}

    def write(arrays, key="d/b/s/p/m/8/0"):
        np.savez(tmp_path / "c.npz", **{f"{key}/{name}": array for name, array in arrays.items()})

    write(cell)
    assert set(read_counts(tmp_path / "c.npz")["d/b/s/p/m/8/0"]) == set(cell)
    write(cell | change)
    with pytest.raises(InputError, match=r"counts .*c\.npz: .*; remove them and run again"):
        read_counts(tmp_path / "c.npz")
    write(cell, "d/b/s/p/m/eight/0")
    with pytest.raises(InputError, match=r"counts .*c\.npz"):
        read_counts(tmp_path / "c.npz")
