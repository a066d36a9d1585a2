import shutil
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from mgah.errors import InputError
from tests.semantics.sources import attributes as class_semantics

MATRIX = "30 40 0\n0 -1.00 50\n6 0 8\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "classes.txt").write_text("     1\tcat\n     2\tpolar+bear\n     3\tfox\n")
    (tmp_path / "predicates.txt").write_text("furry\nwhite\nfast\n")
    (tmp_path / "predicate-matrix-continuous.txt").write_text(MATRIX)
    (tmp_path / "predicate-matrix-binary.txt").write_text("1 1 0\n0 0 1\n0 0 1\n")
    return tmp_path


def semantics(classes, folder, **options):
    return class_semantics(classes, {"folder": "."} | options, folder)


def test_rows_have_unit_length_and_missing_values_are_0(folder):
    found = semantics(["cat", "Polar bear", "fox"], folder)
    np.testing.assert_allclose(found.vectors, [[0.6, 0.8, 0], [0, 0, 1], [0.6, 0, 0.8]])
    np.testing.assert_allclose(found.similarity, [[1, 0, 0.36], [0, 1, 0.8], [0.36, 0.8, 1]])
    assert found.notes == (
        "Polar bear lacks the values of white in predicate-matrix-continuous.txt, taken as 0",
    )


def test_classes_of_the_dataset_in_its_order(folder):
    found = semantics(["fox", "cat"], folder, matrix="binary")
    np.testing.assert_allclose(found.vectors, [[0, 0, 1], [0.5**0.5, 0.5**0.5, 0]])
    assert found.notes == ()


def test_other_classes_do_not_change_a_row(folder):
    """What is known of fox and of cat must not reach the missing value of the polar bear."""
    before = semantics(["polar+bear"], folder)
    (folder / "predicate-matrix-continuous.txt").write_text("99 99 99\n0 -1.00 50\n1 100 0\n")
    np.testing.assert_array_equal(semantics(["cat", "polar+bear"], folder).vectors[1:], before.vectors)


def test_zero_row_stays_zero(folder):
    (folder / "predicate-matrix-continuous.txt").write_text("0 0 0\n0 5 0\n0 0 1\n")
    found = semantics(["cat", "polar+bear"], folder)
    np.testing.assert_array_equal(found.vectors, [[0, 0, 0], [0, 1, 0]])


def test_classes_without_row_are_all_named(folder):
    with pytest.raises(InputError, match=r"no row for the 2 classes \['gnu', 'yak'\]: it has \['cat', "):
        semantics(["cat", "gnu", "yak"], folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folder": "none"}, "none does not exist: put it there, or set folder"),
        ({"folder": ".", "builtin": "digits"}, "folder and builtin, expected one of them at most"),
        (
            {},
            r"none of Animals_with_Attributes2, AwA2-data\.zip, AwA2-base\.zip, AWA2, .*has attributes: put",
        ),
        ({"folder": ".", "matrix": "ternary"}, "matrix is 'ternary', expected continuous or binary"),
        ({"builtin": "digits", "matrix": "continuous"}, r"predicate-matrix-continuous\.txt cannot be read"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(InputError, match=message):
        class_semantics(["one"], options, folder)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "predicate-matrix-continuous.txt",
            "1 2\n3 4\n",
            r"line 1: it has 2 fields, '1' the first, expected 3",
        ),
        ("predicate-matrix-continuous.txt", "1 2 3\n4 5 6\n", "it has 2 rows, expected 3, one for each"),
        ("predicate-matrix-continuous.txt", "1 2 3\n4 5\n6 7 8\n", "line 2: it has 2 fields"),
        ("predicate-matrix-continuous.txt", "1 2 x\n" * 3, "line 1: got 'x', expected a number: correct"),
        (
            "predicate-matrix-continuous.txt",
            "1 2 3,5\n" * 3,
            "line 1: got '3,5', .* a point in place of a comma",
        ),
        ("classes.txt", "<!DOCTYPE html>", "classes.txt is a web page, expected text"),
        ("predicate-matrix-continuous.txt", "1 2 3\n1 -2 3\n1 2 3", "-2.0 in row 2, column 2: expected 0"),
        ("predicate-matrix-continuous.txt", "1 2 3\n1 2 3\n1 2 nan", "nan in row 3, column 3"),
        ("classes.txt", "cat\nfox\ncat\n", r"classes.txt holds 3 names, repeats \['cat'\]"),
        ("predicates.txt", "", "predicates.txt holds 0 names"),
        ("predicates.txt", None, "predicates.txt cannot be read"),
    ],
)
def test_damaged_files(folder, file, content, message):
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(InputError, match=message):
        semantics(["cat", "fox"], folder)


def pack(folder, archive, top=""):
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("classes.txt", "predicates.txt", "predicate-matrix-continuous.txt"):
            packed.write(folder / name, top + name)


@pytest.mark.parametrize("top", ["", "Animals_with_Attributes2/"])
def test_an_archive_gives_what_its_folder_gives(folder, top):
    pack(folder, folder / "zoo.zip", top)
    zipped, unpacked = (
        class_semantics(["fox", "polar bear"], {"folder": name}, folder) for name in ("zoo.zip", ".")
    )
    np.testing.assert_array_equal(zipped.vectors, unpacked.vectors)
    assert zipped.notes == unpacked.notes


def write_mat(folder, file="att_splits.mat", **changes):
    content = {
        "allclasses_names": np.array([["cat"], ["polar+bear"], ["fox"]], dtype=object),
        "original_att": np.loadtxt(MATRIX.splitlines()).T,
        "att": np.zeros((3, 3)),
    }
    folder.mkdir(exist_ok=True)
    savemat(folder / file, content | changes)


def test_att_splits_gives_the_same_matrix(folder):
    write_mat(folder / "mat")
    found = class_semantics(["fox", "polar bear"], {"folder": "mat"}, folder)
    np.testing.assert_array_equal(found.vectors, semantics(["fox", "polar bear"], folder).vectors)
    assert found.notes == ("polar bear lacks the values of attribute 2 in att_splits.mat, taken as 0",)
    with pytest.raises(InputError, match=r"att_splits\.mat has no binary matrix: set matrix to continuous"):
        class_semantics(["fox"], {"folder": "mat", "matrix": "binary"}, folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"original_att": np.ones((3, 2))}, r"holds a matrix of shape \(2, 3\), expected \(3, 3\)"),
        ({"original_att": np.full((3, 3), -2.0)}, r"holds -2\.0 in row 1, column 1"),
        ({"allclasses_names": np.ones((3, 1))}, r"allclasses_names in .* holds no text as entry 1 of 3"),
        ({"original_att": "x"}, r"original_att in .* is text, expected real numbers"),
        ({"original_att": np.ones((3, 3)) * 1j}, r"original_att in .* is complex numbers"),
        (
            {"original_att": np.array([["x"], [1.0]], object)},
            r"original_att in .* is a cell array or a struct",
        ),
        (
            {"allclasses_names": np.array(["fox", "cat", "Cat"])},
            "has 'cat' and 'Cat', two spellings of one class: remove the row of one",
        ),
    ],
)
def test_damaged_att_splits(folder, changes, message):
    write_mat(folder / "mat", **changes)
    with pytest.raises(InputError, match=message):
        class_semantics(["fox", "cat"], {"folder": "mat"}, folder)


def test_names_of_a_matlab_file_may_be_padded(folder):
    write_mat(folder / "mat")
    plain = class_semantics(["cat"], {"folder": "mat"}, folder).vectors
    letters = np.array(["cat       ", "polar+bear", "fox       "])
    for names in (letters, np.array(["cat\0", "polar+bear  ", "fox \0"], object)):
        write_mat(folder / "mat", allclasses_names=names)
        found = class_semantics(["cat"], {"folder": "mat"}, folder)
        np.testing.assert_array_equal(found.vectors, plain)


V73 = b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            V73,
            r"att_splits\.mat is a MATLAB file of version 7\.3, expected .*: save it again with -v7 in MATLAB",
        ),
        (b"<html>", r"att_splits\.mat is a web page, expected a MATLAB file"),
        (b"PK\x03\x04", "is a zip archive, expected a MATLAB file"),
        (b"", "is empty, expected a MATLAB file"),
        (b"MATLAB 5.0 MAT-file" + bytes(9), "cannot be read as a MATLAB file"),
    ],
)
def test_another_file_than_one_of_matlab_is_told(folder, content, message):
    (folder / "mat").mkdir()
    (folder / "mat/att_splits.mat").write_bytes(content)
    with pytest.raises(InputError, match=message):
        class_semantics(["fox"], {"folder": "mat"}, folder)


def test_a_file_that_is_no_mat_file(folder):
    (folder / "mat").mkdir()
    (folder / "mat/att_splits.mat").write_bytes(b"no such file")
    with pytest.raises(InputError, match=r"att_splits\.mat cannot be read as a MATLAB file"):
        class_semantics(["fox"], {"folder": "mat"}, folder)
    write_mat(folder / "mat")
    content = (folder / "mat/att_splits.mat").read_bytes()
    (folder / "mat/att_splits.mat").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"att_splits\.mat cannot be read as a MATLAB file"):
        class_semantics(["fox"], {"folder": "mat"}, folder)


def test_without_a_folder_awa2_s_own_places_are_searched(folder, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    expected = semantics(["fox", "polar bear"], folder).vectors

    def found():
        return class_semantics(["fox", "polar bear"], {}, data).vectors

    (data / "Animals_with_Attributes2/Features/ResNet101").mkdir(parents=True)
    with pytest.raises(InputError, match=r"has attributes: put there AwA2-base\.zip, from https://cvml"):
        found()
    write_mat(data / "AWA2")
    np.testing.assert_array_equal(found(), expected)
    write_mat(data / "AWA2", original_att=np.ones((3, 3)))
    pack(folder, data / "AwA2-base.zip", "Animals_with_Attributes2/")
    np.testing.assert_array_equal(found(), expected)
    pack(folder, data / "AwA2-data.zip", "Animals_with_Attributes2/")
    (data / "AwA2-base.zip").write_bytes(b"")
    np.testing.assert_array_equal(found(), expected)
    for name in ("classes.txt", "predicates.txt", "predicate-matrix-continuous.txt"):
        shutil.copy(folder / name, data / "Animals_with_Attributes2")
    (data / "AwA2-data.zip").write_bytes(b"")
    np.testing.assert_array_equal(found(), expected)


class TestAnimalsWithAttributes:
    FOLDER = "awa2_meta"

    def names(self, data_dir, file="classes.txt"):
        return [line.split()[-1] for line in (data_dir / self.FOLDER / file).read_text().splitlines()]

    def test_all_animals(self, data_dir):
        found = class_semantics(self.names(data_dir), {"folder": self.FOLDER}, data_dir)
        assert found.vectors.shape == (50, 85)
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1)
        assert found.notes == (
            "antelope lacks the values of black, white, blue, brown in predicate-matrix-continuous.txt, "
            "taken as 0",
        )

    def test_unseen_classes_reach_no_seen_row(self, data_dir):
        seen = self.names(data_dir, "proposed_split/trainvalclasses.txt")
        of_all = class_semantics(self.names(data_dir), {"folder": self.FOLDER}, data_dir).subset(seen)
        alone = class_semantics(seen, {"folder": self.FOLDER}, data_dir)
        assert "antelope" in seen
        np.testing.assert_array_equal(of_all.vectors, alone.vectors)
        np.testing.assert_allclose(of_all.similarity, alone.similarity, rtol=0, atol=1e-14)

    def test_the_stand_in_s_archive_has_the_same_matrix(self, data_dir):
        classes = self.names(data_dir)
        packed = class_semantics(classes, {"folder": "awa2_mini.zip"}, data_dir)
        unpacked = class_semantics(classes, {"folder": self.FOLDER}, data_dir)
        np.testing.assert_array_equal(packed.vectors, unpacked.vectors)

    def test_nothing_known_is_missing_in_the_binary_matrix(self, data_dir):
        found = class_semantics(["antelope"], {"folder": self.FOLDER, "matrix": "binary"}, data_dir)
        np.testing.assert_array_equal(found.vectors[0, :4], 0)
        assert found.notes == ()
