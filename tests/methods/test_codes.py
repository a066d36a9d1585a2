"""The codes file: what is written is read, and a broken file is named."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.methods.codes import Codes, pack, read_codes, unpack, write_codes


def codes(n_bits=11, **changes):
    random = np.random.default_rng(0)
    signs = random.choice(np.array([-1, 1], dtype=np.int8), size=(9, n_bits))
    content = {
        "query_codes": pack(signs[:3]),
        "query_ids": np.array([0, 4, 7]),
        "query_labels": np.array([2, 2, 2]),
        "database_codes": pack(signs[3:]),
        "database_ids": np.array([1, 2, 3, 5, 6, 8]),
        "database_labels": np.array([0, 1, 2, 0, 1, 2]),
        "seen_query_ids": np.array([2, 5]),
        "class_names": ("cat", "dog", "häuser"),
        "n_bits": n_bits,
        "cell": {"dataset": "toy", "bits": n_bits, "notes": ["a", "b; c"]},
    }
    return Codes(**content | changes)


@pytest.mark.parametrize("n_bits", [1, 7, 8, 9, 48, 65])
def test_packing_inverts(n_bits):
    signs = np.random.default_rng(n_bits).choice(np.array([-1, 1], dtype=np.int8), size=(5, n_bits))
    packed = pack(signs)
    assert packed.shape == (5, -(-n_bits // 8))
    np.testing.assert_array_equal(unpack(packed, n_bits), signs)


@pytest.mark.parametrize("bad", [np.zeros((2, 3)), np.array([[1, -1, 2]]), np.array([1, -1])])
def test_only_plus_and_minus_one_are_packed(bad):
    with pytest.raises(InputError, match="codes must be -1 or \\+1"):
        pack(bad)


def test_a_file_is_read_as_written_without_pickle_and_byte_equal(tmp_path):
    write_codes(tmp_path / "a.npz", codes())
    write_codes(tmp_path / "b.npz", codes())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    stored, expected = read_codes(tmp_path / "a.npz"), codes()
    for name, value in vars(expected).items():
        np.testing.assert_array_equal(getattr(stored, name), value)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as raw:
        assert raw["query_ids"].dtype == np.int32
        assert raw["query_labels"].dtype == np.int16


@pytest.mark.parametrize("damage", ["truncated", "empty", "text", "missing"])
def test_a_broken_file_is_named(tmp_path, damage):
    file = tmp_path / "codes.npz"
    write_codes(file, codes())
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes({"truncated": whole[: len(whole) // 2], "empty": b"", "text": b"no zip"}[damage])
    with pytest.raises(InputError, match=r"codes\.npz cannot be read"):
        read_codes(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"query_codes": np.zeros((3, 1), np.uint8)},
        {"database_labels": np.zeros(5)},
        {"seen_query_ids": np.array([0])},
        {"query_codes": np.zeros((3, 2), np.int8)},
        {"query_codes": np.full((3, 2), 255, np.uint8)},  # more than 11 bits
        {"query_ids": np.array([0, 4, 4])},
        {"query_ids": np.array([0, 4, 1])},  # in the database as well
        {"query_ids": np.array([0.0, 4.5, 7.0])},
        {"query_ids": np.array([-1, 4, 7])},
        {"query_ids": np.array([0, 4, 1 << 31])},
        {"database_ids": np.array([1, 2, 3, 5, 6, 6])},
        {"seen_query_ids": np.array([2, 2])},
        {"seen_query_ids": np.array([2.0, 5.0])},
        {"query_labels": np.array([2, 2, 3])},
        {"query_labels": np.array([-1, 2, 2])},
        {"database_labels": np.array([0, 1, 2, 0, 1, 40_000])},
        {"n_bits": 0},
        {"class_names": (1, 2, 3)},
        {"cell": []},
        *(
            {"cell": {name: value}}
            for name, value in (("notes", None), ("notes", "abc"), ("seed", "x"), ("seed", -1))
        ),
        *(
            {"cell": {name: value}}
            for name, value in (("seed", 10**20), ("method", None), ("label", 5), ("split", ""))
        ),
    ],
)
def test_what_cannot_be_is_refused(changes):
    with pytest.raises(InputError):
        codes(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"query_ids": np.array([0, 4, 4])},
        {"n_bits": 11.5},
        {"n_bits": np.array([11, 11])},
        {"cell": "[" * 100_000},
        {"cell": "[]"},
        {"cell": '{"notes": null}'},
        {"more": 1},
    ],
)
def test_a_file_of_what_cannot_be_is_named(tmp_path, changes):
    write_codes(tmp_path / "codes.npz", codes())
    with np.load(tmp_path / "codes.npz") as stored:
        content = dict(stored)
    np.savez(tmp_path / "codes.npz", **content | changes)
    with pytest.raises(InputError, match=r"codes file .*codes\.npz"):
        read_codes(tmp_path / "codes.npz")


def test_a_flipped_bit_is_an_error_or_changes_nothing(tmp_path):
    file, whole = tmp_path / "codes.npz", codes()
    write_codes(file, whole)
    content = file.read_bytes()
    for spot, bit in list(enumerate(np.random.default_rng(0).integers(8, size=len(content))))[::7]:
        damaged = bytearray(content)
        damaged[spot] ^= 1 << bit
        file.write_bytes(damaged)
        try:
            stored = read_codes(file)
        except InputError:
            continue
        for name, value in vars(whole).items():
            np.testing.assert_array_equal(getattr(stored, name), value)
