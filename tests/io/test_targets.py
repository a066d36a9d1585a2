"""Files to write: none may be one that is read, or another that is written."""

import os
from pathlib import Path

import pytest

from mgah.errors import InputError
from mgah.io.targets import check_suffix, check_targets


def symlink(file, folder):
    (folder / "link.npz").symlink_to(file)
    return folder / "link.npz"


def hard_link(file, folder):
    os.link(file, folder / "link.npz")
    return folder / "link.npz"


def linked_folder(file, folder):
    (folder / "link").symlink_to(file.parent)
    return folder / "link" / file.name


SPELLINGS = {
    "as it is": lambda file, folder: file,
    "relative": lambda file, folder: Path(os.path.relpath(file)),
    "with dots": lambda file, folder: file.parent / "../photos" / file.name,
    "link": symlink,
    "hard link": hard_link,
    "linked folder": linked_folder,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_source_is_known_in_every_spelling(spelling, swapped, tmp_path):
    file = tmp_path / "photos/a.npz"
    file.parent.mkdir()
    file.write_text("mine")
    pair = [SPELLINGS[spelling](file, tmp_path), file]
    target, source = pair[::-1] if swapped else pair
    with pytest.raises(InputError, match=r"would be written over .*, which is read: name another file"):
        check_targets([None, target], [None, source])
    with pytest.raises(InputError, match="are one file, expected one for each that is written"):
        check_targets([target, source])
    check_targets([target.with_name("b.npz"), None], [source])


@pytest.mark.parametrize("spelling", ["relative", "with dots", "linked folder"])
def test_two_targets_that_are_not_there_yet_are_told_apart(spelling, tmp_path):
    file = tmp_path / "photos/a.npz"
    file.parent.mkdir()
    with pytest.raises(InputError, match="are one file"):
        check_targets([file, SPELLINGS[spelling](file, tmp_path)])


def test_a_folder_and_a_file_in_place_of_a_folder_are_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a folder, expected a file to write"):
        check_targets([tmp_path])
    with pytest.raises(InputError, match=r"cannot be written, as .*file is a file, no folder"):
        check_targets([tmp_path / "file/below/a.csv"])
    check_targets([tmp_path / "new/below/a.csv"])
    check_targets(
        [tmp_path / f"{'a' * 300}.csv"], [tmp_path / "file"]
    )  # what writes it tells that it is too long


@pytest.mark.parametrize(
    ("name", "fits"), [("a.csv", True), ("A.CSV", True), ("a.csv.gz", True), ("csv", False)]
)
def test_a_suffix_is_that_of_the_name(name, fits):
    if fits:
        check_suffix(Path(name), (".csv", ".csv.gz"), "a table")
    else:
        with pytest.raises(
            InputError, match=r"a table cannot be written to csv: .* ends in \.csv or \.csv\.gz"
        ):
            check_suffix(Path(name), (".csv", ".csv.gz"), "a table")
