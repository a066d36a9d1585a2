"""Zip archives and folders: the same files under the same names; a hostile or damaged archive is one error."""

import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mgah.datasets.folders import FolderFiles, open_files
from mgah.errors import InputError
from mgah.io import archives
from mgah.io.archives import ZipFiles
from tests.datasets.conftest import write_files, write_zip

FILES = {f"zoo/cat/{i}.jpg": np.random.default_rng(i).bytes(50_000) for i in range(8)} | {"readme.txt": b"hi"}


@pytest.fixture(params=["folder", "zip"])
def files(request, tmp_path):
    if request.param == "zip":
        return open_files(write_zip(tmp_path / "zoo.zip", {"zoo/": b"", **FILES}))
    return open_files(write_files(tmp_path / "top", {**FILES, ".hidden": b"", "zoo/.git/x": b""}))


def test_a_folder_and_a_zip_hold_the_same_files(files):
    assert isinstance(files, FolderFiles if files.place.is_dir() else ZipFiles)
    assert sorted(files.names()) == sorted(FILES)
    assert {name: files.read(name) for name in files.names()} == FILES
    with files.open("zoo/cat/3.jpg") as stream:
        assert stream.read() == FILES["zoo/cat/3.jpg"]


def test_threads_read_the_same_as_one(files):
    names = sorted(FILES) * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(files.read, names)) == [FILES[name] for name in names]


def test_a_file_that_is_not_there_is_named(files):
    for reads in (files.read, files.open):
        with pytest.raises(InputError, match=r"absent\.jpg"):
            reads("absent.jpg")


@pytest.mark.parametrize(
    "name", ["../out.jpg", "zoo/../../out.jpg", "/etc/passwd", "C:/out.jpg", "zoo\\..\\out.jpg"]
)
def test_a_member_that_points_outside_is_refused(tmp_path, name):
    write_zip(tmp_path / "bad.zip", FILES | {name: b"x"})
    with pytest.raises(
        InputError, match=r"bad\.zip: member .*out.jpg|passwd.* lies outside the archive's folder"
    ):
        ZipFiles(tmp_path / "bad.zip")


def test_a_link_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        link = zipfile.ZipInfo("zoo/link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"member 'zoo/link\.jpg' is a link"):
        ZipFiles(tmp_path / "bad.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("cat.jpg", "one")
        archive.writestr("cat.jpg", "two")
    with pytest.raises(InputError, match=r"bad\.zip has cat\.jpg twice"):
        ZipFiles(tmp_path / "bad.zip")


def test_absurd_sizes_are_refused(tmp_path, monkeypatch):
    write_zip(tmp_path / "bad.zip", FILES)
    with pytest.raises(InputError, match=r"0\.jpg' has 50,000 bytes, expected 49,999 at most"):
        ZipFiles(tmp_path / "bad.zip", max_bytes=49_999)
    monkeypatch.setattr(archives, "MAX_FILES", 8)
    with pytest.raises(InputError, match="has 9 members, expected 8 at most"):
        ZipFiles(tmp_path / "bad.zip")


@pytest.mark.parametrize(
    "damage", [lambda content: content[: len(content) // 2], lambda _: b"", lambda _: b"<html>"]
)
def test_what_is_no_whole_zip_is_refused(tmp_path, damage):
    place = write_zip(tmp_path / "bad.zip", FILES)
    place.write_bytes(damage(place.read_bytes()))
    with pytest.raises(InputError, match=r"bad\.zip is truncated, damaged or no zip file"):
        ZipFiles(place)


def test_a_flipped_byte_is_found_when_its_file_is_read(tmp_path):
    place = write_zip(tmp_path / "bad.zip", FILES)
    content = bytearray(place.read_bytes())
    content[25_000] ^= 0xFF
    place.write_bytes(content)
    files = ZipFiles(place)
    with pytest.raises(InputError, match=r"zoo/cat/0\.jpg in archive .*bad\.zip cannot be read"):
        files.read("zoo/cat/0.jpg")
    assert files.read("zoo/cat/1.jpg") == FILES["zoo/cat/1.jpg"]


def test_an_encrypted_member_is_one_error(tmp_path):
    place = write_zip(tmp_path / "bad.zip", {"cat.jpg": b"x"})
    content = bytearray(place.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1  # the flag stands in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"cat\.jpg in archive .* cannot be read .*encrypted"):
        ZipFiles(place).read("cat.jpg")
