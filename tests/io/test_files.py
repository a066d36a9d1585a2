"""Atomic writes: the whole old file or the whole new one, also after a kill in the middle."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, remove_leftovers, write_json


def test_the_target_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "file.txt"
    with atomic_path(target) as path:
        path.write_text("whole")
        assert not target.exists()
        assert path.suffix == ".txt"
    assert target.read_text() == "whole"
    assert os.listdir(target.parent) == ["file.txt"]


def test_json_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "a.json").write_text('{"a": 1}', encoding="utf-8-sig")
    assert read_json(tmp_path / "a.json") == {"a": 1}


def test_an_error_keeps_the_old_file_and_leaves_nothing(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(target) as path:
        path.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_a_kill_in_the_middle_of_a_write_keeps_the_old_file(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    program = (
        "import os, signal, sys\nfrom mgah.io.files import atomic_path\n"
        "with atomic_path(sys.argv[1]) as path:\n"
        "    path.write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", program, str(target)], check=False)
    assert result.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
    write_json(target, {"a": 1})
    assert read_json(target) == {"a": 1}


def test_what_is_renamed_is_on_the_disk(tmp_path, monkeypatch):
    """Else a power cut would leave the name with nothing behind it."""
    flush, rename, done = os.fsync, os.replace, []
    monkeypatch.setattr(os, "fsync", lambda file: (done.append(os.fstat(file).st_ino), flush(file)))
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append(paths[0].name), rename(*paths)))
    write_json(tmp_path / "card.json", {})
    assert done == [(tmp_path / "card.json").stat().st_ino, f".card.{os.getpid()}.tmp.json"]


def test_temporary_files_of_dead_processes_are_removed_and_no_others(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead, alive, other = process.pid, os.getpid(), tmp_path / ".card.tmp.json"
    names = [".8.{}.tmp.safetensors", ".a.b.{}.tmp", ".images.{}.tmp.csv", ".scores.csv.{}.tmp.gz"]
    for name in names:
        for number in (dead, alive):
            (tmp_path / "deep").mkdir(exist_ok=True)
            (tmp_path / "deep" / name.format(number)).touch()
    other.touch()
    assert len(remove_leftovers(tmp_path)) == len(names)
    left = {path.name for path in (tmp_path / "deep").iterdir()}
    assert left == {name.format(alive) for name in names} and other.exists()


def test_an_output_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    for target in (tmp_path / "file" / "a.json", tmp_path / "file" / "b" / "a.json"):
        with pytest.raises(
            InputError, match=r"folder .* cannot be made, as .*file is a file: name another folder"
        ):
            write_json(target, {})
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(InputError, match=r"folder\.json is a folder, expected a file to write"):
        write_json(tmp_path / "folder.json", {})
    assert (tmp_path / "file").read_text() == "x" and len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO])
def test_a_folder_that_may_not_be_written_is_told(tmp_path, monkeypatch, number):
    said = os.strerror(number)

    def denied(*_, **__):
        raise OSError(number, said)

    with (
        pytest.raises(InputError, match=rf"a\.json cannot be written \({said}\): name another folder"),
        atomic_path(tmp_path / "a.json"),
    ):
        denied()
    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(InputError, match=rf"folder .*x cannot be made \({said}\)"):
        write_json(tmp_path / "x" / "a.json", {})


def test_what_another_file_is_refused_for_is_not_said_of_the_output(tmp_path):
    with pytest.raises(OSError, match="other"), atomic_path(tmp_path / "a.json"):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), "other")


def test_a_name_that_is_too_long_is_one_sentence(tmp_path):
    target = tmp_path / ("x" * 300)
    with (
        pytest.raises(InputError, match=r"x cannot be written \(File name too long\)"),
        atomic_path(target) as path,
    ):
        path.touch()
