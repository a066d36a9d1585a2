"""A folder that is replaced as a whole: wherever it is killed, one of both is whole, and found again."""

import pytest

from mgah.checkout import run_folder
from mgah.io import folders
from mgah.io.folders import replacing

OLD, NEW = {"a": "old", "b": "old"}, {"a": "new", "c": "new"}


class Killed(BaseException):
    """Ends the process: nothing is done after it, cleaning up included."""


def make(folder, content):
    folder.mkdir(parents=True)
    for name, text in content.items():
        (folder / name).write_text(text)


def contents(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


def replace(target):
    with replacing(target) as fresh:
        make(fresh, NEW)


def killed(target, step, patch):
    """Replace ``target`` and die at the call ``step``, half of which is done where it removes a folder."""
    calls = []

    def dying(original):
        def call(*arguments, **more):
            calls.append(arguments)
            if len(calls) < step:
                return original(*arguments, **more)
            if len(calls) == step and original is rmtree and arguments[0].is_dir():
                next(arguments[0].iterdir()).unlink()
            raise Killed

        return call

    rename, rmtree = folders.os.rename, folders.shutil.rmtree
    patch.setattr(folders.os, "rename", dying(rename))
    patch.setattr(folders.shutil, "rmtree", dying(rmtree))
    try:
        replace(target)
    finally:
        patch.undo()


@pytest.mark.parametrize("there", [True, False], ids=["an older one", "none yet"])
@pytest.mark.parametrize("step", range(1, 7))
def test_a_kill_at_any_step_loses_nothing(tmp_path, monkeypatch, step, there):
    target = tmp_path / "target"
    if there:
        make(target, OLD)
    try:
        killed(target, step, monkeypatch)
    except Killed:
        died = True
    else:
        died = False
    assert died or (not there and step > 4), "the steps are those of `replacing`"
    with pytest.raises(OSError, match="full"), replacing(target):
        raise OSError("the disk is full")  # the next one fails before it has anything to put in the place
    if there:
        assert contents(target) in (OLD, NEW)
    else:
        assert not target.exists() or contents(target) == NEW
    replace(target)
    assert contents(target) == NEW and [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_run_that_a_kill_left_without_its_name_is_found(tmp_path, monkeypatch):
    make(tmp_path / "cpu", OLD)
    with pytest.raises(Killed):
        killed(tmp_path / "cpu", 4, monkeypatch)  # between the two names
    assert not (tmp_path / "cpu").exists()
    monkeypatch.chdir(tmp_path)
    assert contents(run_folder("cpu")) == OLD


def test_the_folder_of_the_process_and_a_link_are_replaced_as_the_folder_that_they_are(tmp_path, monkeypatch):
    make(tmp_path / "target", OLD)
    (tmp_path / "link").symlink_to("target")
    replace(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and contents(tmp_path / "target") == NEW
    monkeypatch.chdir(tmp_path / "target")
    with replacing(folders.Path(".")) as fresh:
        make(fresh, OLD)
    assert contents(tmp_path / "target") == OLD


def test_files_are_on_the_disk_before_the_folder_has_its_name(tmp_path, monkeypatch):
    done = []
    fsync, rename = folders.os.fsync, folders.os.rename
    monkeypatch.setattr(folders.os, "fsync", lambda file: (done.append("fsync"), fsync(file)))
    monkeypatch.setattr(folders.os, "rename", lambda *paths: (done.append("rename"), rename(*paths)))
    replace(tmp_path / "target")
    assert done == ["fsync", "fsync", "rename"]
