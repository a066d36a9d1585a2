"""Zip archives and folders: the same files under the same names; a hostile or damaged archive is one error."""

import os
import shutil
import stat
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mgah.datasets.folders import FolderFiles, open_files
from mgah.errors import InputError
from mgah.io import archives
from mgah.io.archives import ZipFiles, read_tar_gz
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


@pytest.mark.slow
def test_threads_read_the_same_as_one(files):
    names = sorted(FILES) * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(files.read, names)) == [FILES[name] for name in names]


def test_folders_are_those_with_files_and_empty_ones(tmp_path):
    for name in ("a/b/c", "d", ".e", "__MACOSX"):
        (tmp_path / "top" / name).mkdir(parents=True)
    (tmp_path / "top/a/b/1.txt").write_text("1")
    shutil.make_archive(tmp_path / "packed", "zip", tmp_path / "top")
    for files in (FolderFiles(tmp_path / "top"), ZipFiles(tmp_path / "packed.zip")):
        assert [files.folders(above) for above in ("", "a", "a/b", "d")] == [["a", "d"], ["b"], ["c"], []]


def test_a_file_that_is_not_there_is_named(files):
    for reads in (files.read, files.open):
        with pytest.raises(InputError, match=r"absent\.jpg"):
            reads("absent.jpg")


@pytest.mark.parametrize(
    "name",
    ["../out.jpg", "zoo/../../out.jpg", "/etc/passwd", "C:/out.jpg", "C:\\out.jpg", "zoo\\..\\out.jpg"],
)
def test_a_member_that_points_outside_is_refused(tmp_path, name):
    write_zip(tmp_path / "bad.zip", FILES | {name: b"x"})
    with pytest.raises(
        InputError, match=r"bad\.zip: member .*out.jpg|passwd.* lies outside the archive's folder"
    ):
        ZipFiles(tmp_path / "bad.zip")


def test_backslashes_part_folders(tmp_path):
    place = write_zip(
        tmp_path / "old.zip", {name.replace("/", "\\"): c for name, c in FILES.items()} | {"zoo\\": b""}
    )
    files = ZipFiles(place, top="zoo")
    assert sorted(files.names()) == sorted(name.removeprefix("zoo/") for name in FILES)
    assert files.read("cat/3.jpg") == FILES["zoo/cat/3.jpg"]


SYSTEM_FILES = (
    "__MACOSX/zoo/._a.jpg",
    "zoo/._a.jpg",
    "zoo/Thumbs.db",
    "zoo/DESKTOP.INI",
    ".DS_Store",
    "@eaDir/a.jpg",
)


def test_files_of_operating_systems_are_skipped_everywhere(tmp_path):
    system = dict.fromkeys(SYSTEM_FILES, b"x")
    folder = write_files(tmp_path / "top", FILES | system)
    write_zip(tmp_path / "zoo.zip", FILES | system)
    with tarfile.open(tmp_path / "zoo.tar.gz", "w:gz") as archive:
        archive.add(folder, ".")
    assert (
        sorted(FolderFiles(folder).names()) == sorted(ZipFiles(tmp_path / "zoo.zip").names()) == sorted(FILES)
    )
    assert read_tar_gz(tmp_path / "zoo.tar.gz", lambda name: True) == FILES


@pytest.fixture(params=["folder", "zip", "tar"])
def read_linked(request, tmp_path):
    """Read a folder with the given links, or an archive of it: contents by name."""

    def read(links: dict[str, str]) -> dict[str, bytes]:
        folder = write_files(tmp_path / "top", FILES)
        for name, target in links.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).symlink_to(target)
        place = tmp_path / f"top.{request.param}"
        if request.param == "tar":
            with tarfile.open(place, "w:gz") as archive:
                archive.add(folder, ".")
            return read_tar_gz(place, lambda name: name.endswith((".jpg", ".txt")))
        if request.param == "zip":
            with zipfile.ZipFile(place, "w") as archive:
                for name, content in FILES.items():
                    archive.writestr(name, content)
                for name, target in links.items():
                    link = zipfile.ZipInfo(name)
                    link.external_attr = (stat.S_IFLNK | 0o777) << 16
                    archive.writestr(link, target)
        files = open_files(folder if request.param == "folder" else place)
        return {name: files.read(name) for name in files.names()}

    return read


def test_links_are_followed(read_linked):
    links = {
        "pets/cats": "../zoo/cat",
        "pets/one.jpg": "cats/1.jpg",
        "two.jpg": "pets/one.jpg",
        "all": "pets/cats",
    }
    cats = {name.removeprefix("zoo/cat/"): content for name, content in FILES.items() if "cat" in name}
    expected = FILES | {f"{folder}/{name}": cats[name] for folder in ("pets/cats", "all") for name in cats}
    expected |= dict.fromkeys(("pets/one.jpg", "two.jpg"), FILES["zoo/cat/1.jpg"])
    assert read_linked(links) == expected


@pytest.mark.parametrize(
    "links", [{"zoo/up": ".."}, {"zoo/cat/up": "../../zoo"}, {"zoo/cat/a": "../b", "zoo/b": "cat"}]
)
def test_links_in_a_circle_are_told(read_linked, links):
    with pytest.raises(InputError, match=r"leads back to|is a link to"):
        read_linked(links)


@pytest.mark.parametrize("target", ["absent.jpg", "/absent/passwd", "../../../absent", "link.jpg"])
def test_a_link_to_nothing_is_told(read_linked, target):
    with pytest.raises(InputError, match=r"link\.jpg.* (is a link to|leads back to itself|that leads back)"):
        read_linked({"zoo/link.jpg": target})


def test_hard_links_of_a_tar_are_files(tmp_path):
    folder = write_files(tmp_path / "top", FILES)
    (folder / "zoo" / "dog").mkdir()
    (folder / "zoo" / "dog" / "1.jpg").hardlink_to(folder / "zoo" / "cat" / "1.jpg")
    with tarfile.open(tmp_path / "zoo.tar.gz", "w:gz") as archive:
        archive.add(folder, "top")
    found = read_tar_gz(tmp_path / "zoo.tar.gz", lambda name: name.endswith(".jpg"))
    assert found["top/zoo/dog/1.jpg"] == found["top/zoo/cat/1.jpg"] == FILES["zoo/cat/1.jpg"]


def test_a_loop_of_links_beside_images_is_told(tmp_path):
    folder = write_files(tmp_path / "top", FILES)
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    with pytest.raises(InputError, match=r"top/[ab] is a link that leads back to itself"):
        FolderFiles(folder).names()


def test_what_is_no_file_is_skipped(tmp_path):
    folder = write_files(tmp_path / "top", FILES)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "to_pipe.jpg").symlink_to("pipe.jpg")
    assert sorted(FolderFiles(folder).names()) == sorted(FILES)


def test_another_top_folder_is_told(tmp_path):
    for place in (write_zip(tmp_path / "zoo.zip", FILES), write_files(tmp_path / "top", FILES)):
        with pytest.raises(InputError, match=r"no file .*cat/1\.jpg; .* has readme\.txt, zoo/: "):
            open_files(place).read("cat/1.jpg")


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
    with pytest.raises(
        InputError, match=r"bad\.zip is truncated, damaged or no zip file .*: get the archive"
    ):
        ZipFiles(place)


def test_a_flipped_byte_is_found_when_its_file_is_read(tmp_path):
    place = write_zip(tmp_path / "bad.zip", FILES)
    content = bytearray(place.read_bytes())
    content[25_000] ^= 0xFF
    place.write_bytes(content)
    files = ZipFiles(place)
    with pytest.raises(
        InputError, match=r"0\.jpg in archive .*bad\.zip cannot be read \(Bad CRC.* get an intact copy"
    ):
        files.read("zoo/cat/0.jpg")
    assert files.read("zoo/cat/1.jpg") == FILES["zoo/cat/1.jpg"]


@pytest.mark.parametrize("method", ["ZIP_STORED", "ZIP_DEFLATED", "ZIP_BZIP2", "ZIP_LZMA"])
def test_no_flipped_byte_is_a_traceback_or_other_content(tmp_path, method):
    place, whole = tmp_path / "zoo.zip", {"cat/1.jpg": b"meow" * 20, "dog/1.jpg": bytes(range(99))}
    with zipfile.ZipFile(place, "w", getattr(zipfile, method)) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    content = place.read_bytes()
    random = np.random.default_rng(0)
    for spot in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[spot] ^= 1 << random.integers(8)
        place.write_bytes(damaged)
        try:
            files = ZipFiles(place)
            assert {files.read(name) for name in files.names()} <= set(whole.values())
        except InputError as error:
            assert "intact" not in str(error) or "CRC" in str(error)


def test_an_entry_that_swallows_the_next_one_is_told(tmp_path):
    place = write_zip(tmp_path / "zoo.zip", FILES)
    content = bytearray(place.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    third = content.find(b"PK\x01\x02", second + 1)
    content[first + 32] = (third if third > 0 else content.index(b"PK\x05\x06")) - second  # its comment
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"its directory has \d entries of \d"):
        ZipFiles(place)


def test_a_zip_of_a_later_version_is_one_error(tmp_path):
    place = write_zip(tmp_path / "new.zip", FILES)
    content = bytearray(place.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 99  # version needed, 9.9
    place.write_bytes(content)
    with pytest.raises(
        InputError, match=r"new\.zip .* \(zip file version 9\.9\): get the archive, or pack it, again"
    ):
        ZipFiles(place)


@pytest.mark.parametrize(
    ("spot", "advice"), [(-8, "get an intact copy"), (-4, "again"), (5_000, "again|intact")]
)
def test_only_a_wrong_checksum_of_a_tar_asks_for_an_intact_copy(tmp_path, spot, advice):
    with tarfile.open(tmp_path / "zoo.tar.gz", "w:gz") as archive:
        archive.add(write_files(tmp_path / "top", FILES), "zoo")
    content = bytearray((tmp_path / "zoo.tar.gz").read_bytes())
    content[spot] ^= 1
    (tmp_path / "zoo.tar.gz").write_bytes(content)
    with pytest.raises(InputError, match=rf"zoo\.tar\.gz cannot be read to its end, after .*: .*({advice})"):
        read_tar_gz(tmp_path / "zoo.tar.gz", lambda name: True)


def test_an_encrypted_member_is_one_error(tmp_path):
    place = write_zip(tmp_path / "bad.zip", {"cat.jpg": b"x"})
    content = bytearray(place.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1  # the flag stands in the file's own header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"cat\.jpg in archive .* cannot be read .*encrypted"):
        ZipFiles(place).read("cat.jpg")
