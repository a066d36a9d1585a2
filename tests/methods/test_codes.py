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
