"""Files of NumPy are opened whole or not at all."""

import zipfile

import numpy as np
import pytest

from mgah.io.arrays import load_arrays


def test_arrays_are_opened_as_numpy_opens_them(tmp_path):
    np.savez(tmp_path / "two.npz", a=np.arange(3), b=np.eye(2))
    with load_arrays(tmp_path / "two.npz") as stored:
        assert stored.files == ["a", "b"] and stored["a"].tolist() == [0, 1, 2]


def test_an_array_that_another_one_has_swallowed_is_missed(tmp_path):
    file = tmp_path / "two.npz"
    np.savez(file, a=np.arange(3), b=np.eye(2))
    content = bytearray(file.read_bytes())
    # the length of the comment of the first entry of the directory: the second one lies within
    comment = content.index(b"PK\x01\x02") + 32
    content[comment : comment + 2] = (127).to_bytes(2, "little")
    file.write_bytes(content)
    with pytest.raises(zipfile.BadZipFile, match="its directory has 1 entries of 2"):
        load_arrays(file)


def test_another_file_is_not_opened(tmp_path):
    (tmp_path / "text.npy").write_text("1 2 3")
    with pytest.raises(ValueError, match="no file of NumPy"):
        load_arrays(tmp_path / "text.npy")
