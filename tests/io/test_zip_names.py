"""Names in zip archives: what encoding they are in, whatever the archive says of it."""

import pytest

from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from tests.datasets.conftest import write_zip


def packed_as(name, place):
    """A zip archive with one file whose name is the bytes ``name``, without the flag of UTF-8."""
    written = "x" * len(name)
    write_zip(place, {written: b"x"})
    place.write_bytes(place.read_bytes().replace(written.encode(), name))
    return place


@pytest.mark.parametrize("name", ["zoo/Bär/1.jpg", "zoo/猫/1.jpg", "zoo/Lo\u0308we/1.jpg", "zoo/A/1.jpg"])
def test_names_in_utf8_are_read_whether_the_archive_says_so_or_not(name, tmp_path):
    said = write_zip(tmp_path / "said.zip", {name: b"x", "zoo/": b""})
    unsaid = packed_as(name.encode(), tmp_path / "unsaid.zip")
    for place in (said, unsaid):
        files = ZipFiles(place, top="zoo")
        assert files.names() == [name.removeprefix("zoo/")] and files.read(files.names()[0]) == b"x"
    assert ZipFiles(unsaid).folders("zoo") == [name.split("/")[1]]


def test_a_name_that_is_no_utf8_and_does_not_say_so_is_in_code_page_437(tmp_path):
    files = ZipFiles(packed_as("zoo/Bär/1.jpg".encode("cp437"), tmp_path / "old.zip"))
    assert files.names() == ["zoo/Bär/1.jpg"] and files.read("zoo/Bär/1.jpg") == b"x"


def test_a_name_in_utf8_that_leads_outside_is_refused_by_the_name_it_means(tmp_path):
    with pytest.raises(InputError, match=r"member '\.\./Bär\.jpg' lies outside"):
        ZipFiles(packed_as("../Bär.jpg".encode(), tmp_path / "bad.zip"))


def test_a_name_that_is_not_what_it_says_is_one_sentence(tmp_path):
    place = write_zip(tmp_path / "zoo.zip", {"caf\u00e9.jpg": b"x"})
    place.write_bytes(place.read_bytes().replace("\u00e9".encode(), b"\xe9\xe9"))
    with pytest.raises(
        InputError, match=r"zoo\.zip has a member whose name, b'caf\\xe9\\xe9\.jpg', is no UTF-8"
    ):
        ZipFiles(place)
