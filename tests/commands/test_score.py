"""``mgah score``: the metrics of the project, on codes and labels in every form that it reads."""

import json

import numpy as np
import pandas as pd
import pytest

from mgah.encoding.codes_file import NamedCodes, write_named_codes
from mgah.encoding.exports import write_table
from mgah.errors import InputError
from mgah.evaluation.code_files import read_side, score_sides
from mgah.evaluation.rows import METRICS
from mgah.evaluation.score import score_codes
from mgah.methods.codes import Codes, pack, write_codes
from mgah.metrics import mean_average_precision, precision_at_radius

N, BITS = 24, 10
LABELS = np.array(["cat", "dog", "emu"])[np.arange(N) % 3]


@pytest.fixture(scope="module")
def signs():
    random = np.random.default_rng(0)
    centers = random.integers(0, 2, (3, BITS))
    return (2 * (centers[np.arange(N) % 3] ^ (random.random((N, BITS)) < 0.2)) - 1).astype(np.int8)


@pytest.fixture
def files(signs, tmp_path):
    """The same codes and labels in several forms."""
    names = tuple(f"{label}/{i}.png" for i, label in enumerate(LABELS))
    write_named_codes(tmp_path / "named.npz", NamedCodes(BITS, names, codes=pack(signs)))
    np.save(tmp_path / "signs.npy", signs)
    np.save(tmp_path / "bits.npy", signs > 0)
    np.save(tmp_path / "z.npy", signs * 0.3)
    np.save(tmp_path / "packed.npy", pack(signs))
    np.save(tmp_path / "labels.npy", LABELS)
    np.save(tmp_path / "objects.npy", LABELS.astype(object))
    np.savez(tmp_path / "labels.npz", labels=np.arange(N) % 3)
    pd.DataFrame({"name": names[::-1], "label": LABELS[::-1]}).to_csv(tmp_path / "labels.csv", index=False)
    texts = ["".join("01"[int(bit > 0)] for bit in row) for row in signs]
    pd.DataFrame({"code": texts, "label": LABELS}).to_csv(tmp_path / "table.csv", index=False)
    write_named_codes(tmp_path / "NAMED.NPZ", NamedCodes(BITS, names, codes=pack(signs)))
    write_table(tmp_path / "named.csv.gz", NamedCodes(BITS, names, codes=pack(signs)))
    for form in ("LABELS.CSV", "labels.csv.gz"):
        pd.DataFrame({"name": names, "label": LABELS}).to_csv(tmp_path / form, index=False)
    z = signs * 0.3
    z[3, 1], z[5, 0] = np.nan, np.inf
    np.save(tmp_path / "undefined.npy", z)
    pd.DataFrame({"code": [""] * 2, "label": LABELS[:2]}).to_csv(tmp_path / "empty.csv", index=False)
    return tmp_path


def by_hand(signs, score, **options):
    """The mean over items, each searched for among the others."""
    numbers = np.arange(N) % 3
    others = [np.arange(N) != item for item in range(N)]
    values = [
        score(signs[[i]], numbers[[i]], signs[rest], numbers[rest], **options)
        for i, rest in enumerate(others)
    ]
    return np.mean(values)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["named.npz"],
        ["named.npz", "--labels", "labels.csv"],
        ["signs.npy", "--labels", "labels.npy"],
        ["bits.npy", "--labels", "labels.npz"],
        ["z.npy", "--labels", "labels.npy"],
        ["packed.npy", "--labels", "labels.npy", "--bits", BITS],
        ["table.csv"],
        # names as mgah export and other systems write them
        ["NAMED.NPZ"],
        ["NAMED.NPZ", "--labels", "LABELS.CSV", "--bits", BITS],
        ["named.csv.gz", "--labels", "labels.csv.gz"],
    ],
)
def test_every_form_has_the_scores_of_the_metrics(words, mgah, files, signs, monkeypatch):
    monkeypatch.chdir(files)
    found = json.loads(mgah("score", *words, "--radius", 3, "--json"))
    assert found["mAP"] == pytest.approx(by_hand(signs, mean_average_precision))
    assert found["mAP_stable"] == pytest.approx(by_hand(signs, mean_average_precision, ties="stable"))
    assert found["P@H<=3"] == pytest.approx(by_hand(signs, precision_at_radius, radius=3))
    assert found["mAP_min"] < found["mAP"] < found["mAP_max"]


def test_queries_of_their_own_are_ranked_against_the_whole_database(mgah, files, signs, tmp_path):
    np.save(tmp_path / "queries.npy", signs[:5])
    np.save(tmp_path / "own.npy", LABELS[:5])
    words = ["--queries", tmp_path / "queries.npy", "--query-labels", tmp_path / "own.npy"]
    told = mgah("score", files / "table.csv", *words)
    numbers = np.arange(N) % 3
    expected = mean_average_precision(signs[:5], numbers[:5], signs, numbers)
    assert f"mAP                  {expected:.4f}  mean average precision" in told


def test_a_run_s_codes_file_has_the_scores_of_the_run(mgah, signs, tmp_path):
    ids, numbers = np.arange(N), np.arange(N) % 3
    query, rest = numbers == 2, numbers != 2
    packed, seen = pack(signs), ids[rest][:4]
    parts = ([array[side] for array in (packed, ids, numbers)] for side in (query, rest))
    cell = Codes(*next(parts), *next(parts), seen, ("cat", "dog", "emu"), BITS, {})
    write_codes(tmp_path / "10.npz", cell)
    found = json.loads(mgah("score", tmp_path / "10.npz", "--json"))
    expected = {value.metric: value.value for value in score_codes(cell)[0] if not value.class_name}
    assert list(found) == list(METRICS)
    known = {name: value for name, value in expected.items() if not np.isnan(value)}
    assert {name: found[name] for name in known} == known
    assert all(found[name] is None for name in expected.keys() - known.keys())


def test_queries_of_one_class_have_the_class_folder_as_the_database_has_it(mgah, tmp_path):
    codes = np.array([[128], [128], [0], [0]], np.uint8)
    database = ("cat/young/1.png", "cat/2.png", "dog/3.png", "dog/old/4.png")
    write_named_codes(tmp_path / "all.npz", NamedCodes(1, database, codes=codes))
    write_named_codes(tmp_path / "cats.npz", NamedCodes(1, ("cat/young/5.png",), codes=codes[:1]))
    for words in ([], ["--queries", tmp_path / "cats.npz"]):
        found = json.loads(mgah("score", tmp_path / "all.npz", *words, "--json"))
        assert (found["mAP"], found["undefined_queries"]) == (1, 0)


@pytest.mark.parametrize(
    "words, told",
    [
        (["packed.npy", "--labels", "labels.npy"], "for packed bytes give --bits"),
        (["signs.npy"], "the labels of signs.npy are not known: name their file with --labels"),
        (["signs.npy", "--labels", "table.csv", "--queries", "packed.npy"], "give --bits"),
        (["labels.csv"], "has the columns name, label, expected code"),
        (["empty.csv"], "the column code of empty.csv is empty, expected a text of 0 and 1 a row"),
        (["signs.npy", "--labels", "none.npy"], "none.npy cannot be read"),
        (["packed.npy", "--labels", "labels.npy", "--bits", 30], "expected 30 bits packed to uint8 (n, 4)"),
        (
            ["signs.npy", "--labels", "objects.npy"],
            "holds an array of Python objects, which are not loaded: save",
        ),
        (["table.csv", "--query-labels", "labels.npy"], "are of --queries"),
        (["named.npz", "--bits", 8], "named.npz has codes of 10 bits, and --bits is 8: leave it out"),
        (["table.csv", "--bits", 12], "table.csv has codes of 10 bits, and --bits is 12: leave it out"),
        (
            ["undefined.npy", "--labels", "labels.npy"],
            "not finite in 2 rows, first nan in row 3, expected numbers",
        ),
    ],
)
def test_what_has_no_reading_is_one_sentence(words, told, error, files, monkeypatch):
    monkeypatch.chdir(files)
    assert told in error("score", *words)


#: The same two classes, as people have them.
WRITTEN = {
    "int64.npy": np.array([1, 0], np.int64),
    "uint8.npy": np.array([1, 0], np.uint8),
    "float32.npy": np.array([1, 0], np.float32),
    "bool.npy": np.array([True, False]),
    "text.npy": np.array(["1", "0"]),
    "bytes.npy": np.array([b"1", b"0"]),
    "int.csv": "label\n1\n0\n",
    "float.csv": "label\n1.0\n-0.0\n",
    "bool.csv": "label\nTrue\nFalse\n",
}


def write_labels(file, labels):
    if isinstance(labels, str):
        file.write_text(labels)
    else:
        np.save(file, labels)
    return file


@pytest.mark.parametrize("asked", WRITTEN)
@pytest.mark.parametrize("known", WRITTEN)
def test_numbers_and_booleans_match_however_they_are_written(asked, known, tmp_path):
    np.save(tmp_path / "codes.npy", np.array([[1, 1], [-1, -1]]))
    queries, database = (
        read_side(tmp_path / "codes.npy", write_labels(tmp_path / f"{side}_{name}", WRITTEN[name]))
        for side, name in (("asked", asked), ("known", known))
    )
    scores = score_sides(database, queries)
    assert scores["mAP"] == 1 and scores["undefined_queries"] == 0


@pytest.mark.parametrize("label", [2**53 + 1, 2**63 + 1, 2**64 - 1])
def test_large_integers_stay_apart(label, tmp_path):
    np.save(tmp_path / "codes.npy", np.array([[1, 1], [-1, -1]]))
    file = write_labels(tmp_path / "labels.npy", np.array([label, label - 1], np.uint64))
    other = write_labels(tmp_path / "other.npy", np.array([0, 1]))
    side = read_side(tmp_path / "codes.npy", file)
    assert score_sides(side, side)["mAP"] == 1
    assert score_sides(side, read_side(tmp_path / "codes.npy", other))["undefined_queries"] == 2


@pytest.mark.parametrize(
    "name, labels, told",
    [
        ("a.npy", np.array([0, np.nan]), "labels in a.npy hold nan in row 1, expected integers"),
        ("a.npy", np.array([0.5, 1]), "labels in a.npy hold 0.5 in row 0, expected integers"),
        ("a.npy", np.array([0, np.inf]), "labels in a.npy hold inf in row 1"),
        ("a.npy", np.array([0, 2.0**60]), "labels in a.npy hold 1.152921504606847e+18 in row 1"),
        ("a.npy", np.array([[0, np.nan]]), "labels in a.npy hold nan in row 0"),
        ("a.npy", np.zeros(2, [("x", int), ("y", int)]), "expected integers, booleans or text"),
        ("a.npy", np.array(["2020", "2021"], "datetime64[Y]"), "are datetime64[Y] of shape (2,), expected"),
        ("a.npy", np.array([1j, 0]), "labels in a.npy are complex128"),
        ("a.npy", np.array([b"\xff", b"a"]), "labels in a.npy are bytes that are no UTF-8"),
        ("a.npy", np.array(["cat", ""]), "labels in a.npy are empty in row 1"),
        ("a.npy", np.array([1, 2, 3]), "have the shape (3,), expected (2,)"),
        ("a.csv", 'label\n"cat"\n""\n', "labels in a.csv are empty in row 1"),
        ("a.csv", 'label\n" "\ncat\n', "labels in a.csv are empty in row 0"),
        ("a.csv", "label\n1.0\nnan\n", "labels in a.csv hold nan in row 1"),
        ("a.csv", "name,label\nx,cat\ny,\n", "labels in a.csv are empty in row 1"),
        (
            "a.csv",
            "name,label\nx,cat\ny,dog\nx,dog\n",
            "a.csv has two labels for x, 'cat' in row 0 and 'dog' in row 2",
        ),
    ],
)
def test_labels_without_one_reading_name_file_and_row(name, labels, told, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_named_codes(
        tmp_path / "codes.npz", NamedCodes(1, ("x", "y"), codes=np.array([[128], [0]], np.uint8))
    )
    write_labels(tmp_path / name, labels)
    assert told in error("score", "codes.npz", "--labels", name)


def test_a_name_listed_twice_with_one_label_and_a_class_called_nan_are_taken(tmp_path):
    write_named_codes(
        tmp_path / "codes.npz", NamedCodes(1, ("x", "y"), codes=np.array([[128], [0]], np.uint8))
    )
    (tmp_path / "a.csv").write_text("name,label\nx,nan\ny,pita\nx,nan\n")
    assert read_side(tmp_path / "codes.npz", tmp_path / "a.csv").labels.tolist() == ["nan", "pita"]


@pytest.mark.parametrize("form", ["csv", "npz"])
def test_names_of_labels_are_matched_and_not_passed_over(form, error, files, monkeypatch):
    """With codes that have none, rows in any order would be taken as they come."""
    monkeypatch.chdir(files)
    named = read_side(files / "named.npz")
    if form == "npz":
        np.savez(files / "labels.npz", labels=LABELS[::-1], names=named.names[::-1])
    assert read_side(files / "named.npz", files / f"labels.{form}").labels.tolist() == LABELS.tolist()
    for codes in ("signs.npy", "table.csv"):
        told = error("score", codes, "--labels", f"labels.{form}")
        assert f"labels.{form} has names of its labels" in told and "the codes have none" in told


def test_a_name_has_its_accent_as_one_character_or_as_two(tmp_path):
    names = ("Lo\N{COMBINING DIAERESIS}we/1.png", "2.png")
    write_named_codes(tmp_path / "codes.npz", NamedCodes(1, names, codes=np.array([[128], [0]], np.uint8)))
    (tmp_path / "a.csv").write_text(
        "name,label\n2.png,b\nL\N{LATIN SMALL LETTER O WITH DIAERESIS}we/1.png,a\n"
    )
    assert read_side(tmp_path / "codes.npz", tmp_path / "a.csv").labels.tolist() == ["a", "b"]


def test_a_label_has_its_accent_as_one_character_or_as_two(tmp_path):
    one, two = "L\N{LATIN SMALL LETTER O WITH DIAERESIS}we", "Lo\N{COMBINING DIAERESIS}we"
    (tmp_path / "one.csv").write_text(f"code,label\n01,{one}\n10,cat\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text(f"code,label\n01,{two}\n10,cat\n", encoding="utf-8")
    (tmp_path / "names.csv").write_text(f"name,label\nx,{one}\ny,cat\nx,{two}\n", encoding="utf-8")
    sides = [read_side(tmp_path / name) for name in ("one.csv", "two.csv")]
    found = score_sides(*sides)
    assert (found["mAP"], found["undefined_queries"]) == (1, 0)
    codes = np.array([[128], [0]], np.uint8)
    write_named_codes(tmp_path / "codes.npz", NamedCodes(1, ("x", "y"), codes=codes))
    assert len(read_side(tmp_path / "codes.npz", tmp_path / "names.csv").labels) == 2


@pytest.mark.parametrize(
    "labels, names, told",
    [
        (
            ["cat", "dog"],
            ["x", "z"],
            "has no label for 1 of 2 codes, the first y; the names that it has begin with x",
        ),
        (["cat", "dog"], ["x", "y", "z"], "has labels of shape (2,) and 3 names, expected a name a label"),
        (["cat", "dog"], [["x"], ["y"]], "names in labels.npz are <U1 of shape (2, 1), expected texts"),
    ],
)
def test_names_that_do_not_match_are_one_sentence(labels, names, told, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_named_codes(
        tmp_path / "codes.npz", NamedCodes(1, ("x", "y"), codes=np.array([[128], [0]], np.uint8))
    )
    np.savez(tmp_path / "labels.npz", labels=labels, names=names)
    assert told in error("score", "codes.npz", "--labels", "labels.npz")


@pytest.mark.parametrize("numbers", ["int64.npy", "float32.npy", "bool.npy"])
@pytest.mark.parametrize("swapped", [False, True])
def test_numbers_on_one_side_and_words_on_the_other_are_refused(numbers, swapped, tmp_path):
    np.save(tmp_path / "codes.npy", np.array([[1, 1], [-1, -1]]))
    files = write_labels(tmp_path / "n.npy", WRITTEN[numbers]), tmp_path / "w.csv"
    files[1].write_text("label\n1\ncat\n")
    sides = [read_side(tmp_path / "codes.npy", file) for file in files]
    told = r"labels of .*n\.npy are numbers, and .*w\.csv has the label 'cat' in row 1, expected the same"
    with pytest.raises(InputError, match=told):
        score_sides(*(sides[::-1] if swapped else sides))
    assert score_sides(sides[1], sides[1])["mAP"] == 1


@pytest.mark.parametrize("table", ["label\ncat\ndog\n", "name,label\ny,dog\nx,cat\n"])
def test_a_table_may_begin_with_a_byte_order_mark(table, tmp_path):
    write_named_codes(
        tmp_path / "codes.npz", NamedCodes(1, ("x", "y"), codes=np.array([[128], [0]], np.uint8))
    )
    (tmp_path / "a.csv").write_text(table, encoding="utf-8-sig")
    assert read_side(tmp_path / "codes.npz", tmp_path / "a.csv").labels.tolist() == ["cat", "dog"]
    (tmp_path / "t.csv").write_text("code,label\n01,cat\n10,dog\n", encoding="utf-8-sig")
    assert read_side(tmp_path / "t.csv").labels.tolist() == ["cat", "dog"]


def test_an_empty_label_in_a_table_of_codes_is_refused(error, tmp_path):
    (tmp_path / "t.csv").write_text("code,label\n01,cat\n10,\n11,cat\n")
    assert "t.csv are empty in row 1" in error("score", tmp_path / "t.csv")
