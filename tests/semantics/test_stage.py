"""The command line of the stage, and the file it writes."""

import subprocess
import sys

import numpy as np
import pytest

from mgah.datasets.card import DatasetCard, write_card
from mgah.errors import InputError
from mgah.semantics.__main__ import main
from mgah.semantics.classes import words
from mgah.semantics.store import ClassSemantics, read_semantics, write_semantics


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "dataset.json"
    write_card(path, DatasetCard("digits", ["two", "one"], {"two": None, "one": None}, [], 9, "made", None))
    return path


def arguments(card, output, source="attributes", options='{"builtin": "digits"}'):
    return ["--dataset-card", card, "--source", source, "--options", options, "--output", output]


def run_main(values):
    main(list(map(str, values)))


def test_writes_the_semantics_of_the_cards_classes(card, tmp_path, capsys):
    run_main(arguments(card, tmp_path / "out/semantics.npz"))
    found = read_semantics(tmp_path / "out/semantics.npz")
    assert found.names == ("two", "one")
    np.testing.assert_allclose(
        found.similarity[0, 1], 1 / 10**0.5
    )  # one lit segment in common, of 5 and of 2
    assert capsys.readouterr().out == "note: digit attributes: the lit segments of a seven-segment display\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": "glove"}, "there is no source of class semantics 'glove'"),
        ({"options": "{}"}, "got neither the option folder nor builtin"),
    ],
)
def test_bad_arguments_write_nothing(card, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        run_main(arguments(card, tmp_path / "semantics.npz", **changes))
    assert list(tmp_path.iterdir()) == [card]


@pytest.mark.slow
def test_error_is_one_line(card, tmp_path):
    command = [sys.executable, "-m", "mgah.semantics", *arguments(card, tmp_path / "x.npz", source="glove")]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("error: there is no source")
    assert done.stderr.count("\n") == 1


def test_words_of_a_name():
    assert words("polar+bear") == words("polar_bear") == words(" polar  bear ") == ["polar", "bear"]


def test_file_keeps_everything(tmp_path):
    semantics = ClassSemantics.from_vectors(
        ["a", "b"], np.array([[1.0, 0], [1, 1]]), ["A note, with ünicode."]
    )
    write_semantics(tmp_path / "s.npz", semantics)
    found = read_semantics(tmp_path / "s.npz")
    assert (found.names, found.notes) == (semantics.names, semantics.notes)
    np.testing.assert_array_equal(found.vectors, semantics.vectors)
    np.testing.assert_array_equal(found.similarity, semantics.similarity)


def test_file_without_vectors_and_notes(tmp_path):
    write_semantics(tmp_path / "s.npz", ClassSemantics(("a",), np.eye(1)))
    found = read_semantics(tmp_path / "s.npz")
    assert found.vectors is None and found.notes == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"no archive", b"\x93NUMPY"])
def test_damaged_file(tmp_path, content):
    (tmp_path / "s.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"s\.npz cannot be read .*remove it and run again"):
        read_semantics(tmp_path / "s.npz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"similarity": np.array([[1, 0.5], [0.4, 1]])},
            "of a to b is 0.5, and 0.4 back, expected the same in both",
        ),
        (
            {"similarity": np.array([[1, 2.0], [2.0, 1]])},
            "of a to b is 2.0, and 2.0 back, expected from -1 to 1",
        ),
        (
            {"similarity": np.array([[0.9, 0], [0, 1]])},
            "of a to a is 0.9, and 0.9 back, expected 1 to itself",
        ),
        ({"similarity": np.eye(2, dtype=complex)}, "similarity are complex128, expected real numbers"),
        ({"similarity": np.eye(2).astype(str)}, "similarity are <U32, expected real numbers"),
        ({"vectors": np.ones((2, 3), complex)}, "vectors are complex128"),
        ({"names": np.arange(2)}, "names and notes that are texts"),
        ({"notes": np.arange(1)}, "names and notes that are texts"),
        ({"other": np.eye(2)}, "expected .*'names', 'notes', 'similarity'"),
    ],
)
def test_a_file_of_what_cannot_be_is_named(tmp_path, changes, message):
    content = {"names": np.array(["a", "b"]), "similarity": np.eye(2), "notes": np.array([], str)}
    np.savez(tmp_path / "s.npz", **content | changes)
    with pytest.raises(InputError, match=rf"semantics file .*s\.npz: .*{message}"):
        read_semantics(tmp_path / "s.npz")


AB = ("a", "b")
IMPOSSIBLE = {
    "one row": (
        lambda: ClassSemantics.from_vectors(AB, [1.0, 2.0]),
        r"vectors have shape \(2,\), expected \(2, a\)",
    ),
    "ragged": (
        lambda: ClassSemantics.from_vectors(AB, [[1.0], [1.0, 2.0]]),
        "vectors cannot be read as an array",
    ),
    "text": (
        lambda: ClassSemantics.from_vectors(AB, [["1"], ["2"]]),
        "vectors are <U1, expected real numbers",
    ),
    "complex": (lambda: ClassSemantics.from_vectors(AB, [[1j], [2]]), "vectors are complex128"),
    "infinite": (
        lambda: ClassSemantics.from_vectors(AB, [[1], [np.inf]]),
        "vectors are not all finite",
    ),
    "no columns": (
        lambda: ClassSemantics.from_vectors(AB, np.ones((2, 0))),
        r"vectors have shape \(2, 0\), expected \(2, a\)",
    ),
    "three vectors": (
        lambda: ClassSemantics.from_vectors(AB, np.eye(3)),
        r"vectors have shape \(3, 3\), expected \(2, a\)",
    ),
    "too alike": (
        lambda: ClassSemantics(AB, [[1, 5], [5, 1]]),
        "of a to b is 5.0, and 5.0 back, expected from -1",
    ),
    "one way": (
        lambda: ClassSemantics(AB, np.array([[1, 0.5], [0, 1]])),
        r"of a to b is 0\.5, and 0\.0 back",
    ),
    "not itself": (
        lambda: ClassSemantics(AB, np.zeros((2, 2))),
        "of a to a is 0.0, and 0.0 back, expected 1 to",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_semantics_that_cannot_be_are_refused_when_they_are_made(case):
    make, message = case
    with pytest.raises(InputError, match=f"class .*{message}"):
        make()


def test_semantics_of_lists_are_those_of_arrays():
    made = ClassSemantics(["a", "b"], [[1, 0], [0, 1]], [[2, 0], [0, 1]], ["A note."])
    assert (made.names, made.notes) == (("a", "b"), ("A note.",))
    for found, expected in ((made.similarity, np.eye(2)), (made.vectors, np.diag([2.0, 1.0]))):
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_flipped_bit_is_an_error_or_changes_nothing(tmp_path, save):
    whole = {
        "names": np.array(["a", "b"]),
        "similarity": np.eye(2),
        "notes": np.array(["n"]),
        "vectors": np.eye(2),
    }
    save(tmp_path / "s.npz", **whole)
    content = (tmp_path / "s.npz").read_bytes()
    for spot, bit in list(enumerate(np.random.default_rng(0).integers(8, size=len(content))))[::5]:
        damaged = bytearray(content)
        damaged[spot] ^= 1 << bit
        (tmp_path / "s.npz").write_bytes(damaged)
        try:
            stored = read_semantics(tmp_path / "s.npz")
        except InputError:
            continue
        for name, value in whole.items():
            np.testing.assert_array_equal(np.array(getattr(stored, name)), value)


def test_cosine_with_a_zero_vector_is_0():
    semantics = ClassSemantics.from_vectors(["a", "b"], np.array([[0.0, 0], [3, 4]]))
    np.testing.assert_array_equal(semantics.similarity, np.eye(2))


def test_subset_refuses_unknown_classes():
    with pytest.raises(InputError, match=r"lack the classes \['b'\]; they have \['a'\]"):
        ClassSemantics(("a",), np.eye(1)).subset(["a", "b"])
