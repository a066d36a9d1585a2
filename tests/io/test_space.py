"""Full disks: room is reserved, and what fails says path, needed and free bytes."""

import errno
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import save_file

from mgah.backbones.store import FeatureWriter
from mgah.errors import InputError
from mgah.io import space
from mgah.io.files import atomic_path, write_json
from mgah.io.space import is_full, reserve, temporary_folder, told_if_full

SIZE = 256 * 1024


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    """A disk of 256 KiB; the test is skipped where none may be mounted."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def save_checkpoint(path):
    from mgah.pretraining.checkpoint import Checkpoint

    class Large:
        def state_dict(self):
            import torch

            return {"weights": torch.zeros(SIZE)}

    Checkpoint(path, "", 0).save(1, {"network": Large()})


def save_arrays(write):
    def save(path):
        with atomic_path(path) as temporary:
            write(temporary, np.random.default_rng(0).random(SIZE))

    return save


@pytest.mark.parametrize(
    "save",
    [
        lambda path: write_json(path, "x" * 2 * SIZE),
        save_arrays(lambda path, array: array.tofile(path)),
        save_arrays(lambda path, array: np.savez_compressed(path, array=array)),
        save_arrays(lambda path, array: save_file({"array": array}, path)),
        save_checkpoint,
    ],
)
def test_a_full_disk_is_one_sentence_with_path_needed_and_free_bytes(small_disk, save):
    target = small_disk / "out.npz"
    target.write_bytes(b"old")
    with pytest.raises(InputError) as raised:
        save(target)
    assert str(raised.value) == (
        f"{target} cannot be written (No space left on device): it needs more than 258,048 bytes, and the disk of "
        f"{small_disk} has 258,048 free: make room there and run again"
    )
    assert os.listdir(small_disk) == ["out.npz"] and target.read_bytes() == b"old"
    target.unlink()


def test_a_disk_without_room_for_more_files_says_so(tmp_path, monkeypatch):
    state = SimpleNamespace(f_files=26, f_favail=0)
    monkeypatch.setattr(os, "statvfs", lambda path: state)
    monkeypatch.setattr(space, "free_bytes", lambda path: 4096)
    words = space.full(tmp_path / "x", OSError(errno.ENOSPC, ""), 7)
    assert "has 4,096 free and room for no more files (inodes): make room" in words


def test_a_store_that_has_no_room_is_refused_before_a_row_is_written(small_disk):
    writer = FeatureWriter(small_disk / "store", (1000, 100), {})
    with pytest.raises(
        InputError, match=r"features.npy cannot be written .* needs 400,000 bytes, .* 262,144 free"
    ):
        writer.__enter__()
    assert sum(file.stat().st_blocks for file in (small_disk / "store").iterdir()) == 0
    with FeatureWriter(small_disk / "store", (500, 100), {}) as writer:  # its lock is free again
        writer.append(np.ones((500, 100), np.float32))
        writer.finish({})


def test_room_is_reserved_also_for_what_a_killed_run_left_with_holes(tmp_path):
    with FeatureWriter(tmp_path, (1000, 100), {}) as writer:
        writer.append(np.ones((10, 100), np.float32))
    partial = tmp_path / ".features.npy.partial"
    assert partial.stat().st_blocks * 512 >= partial.stat().st_size
    content = partial.read_bytes()
    partial.write_bytes(b"")
    with open(partial, "rb+") as stream:
        stream.write(content[:8192])
        stream.truncate(len(content))
    with FeatureWriter(tmp_path, (1000, 100), {}) as writer:
        assert writer.done == 10
    assert partial.stat().st_blocks * 512 >= partial.stat().st_size
    assert partial.read_bytes() == content


@pytest.mark.parametrize("missing", [True, False])
def test_where_nothing_can_be_reserved_the_free_bytes_decide(tmp_path, monkeypatch, missing):
    def cannot(*arguments):
        raise OSError(errno.EOPNOTSUPP, "")

    if missing:
        monkeypatch.delattr(os, "posix_fallocate")
    else:
        monkeypatch.setattr(os, "posix_fallocate", cannot)
    file = tmp_path / "sparse"
    with open(file, "wb") as stream:
        stream.truncate(1 << 20)
    reserve(file)
    monkeypatch.setattr(space, "free_bytes", lambda path: 1000)
    with pytest.raises(OSError, match="No space left"):
        reserve(file)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "Disk quota exceeded"),
        (OSError(errno.EFBIG, "File too large"), "File too large"),
        (OSError("100000 requested and 12784 written"), "No space left on device"),
        (SafetensorError("I/O error: No space left on device (os error 28)"), "No space left on device"),
    ],
)
def test_all_ways_of_libraries_to_say_full_are_understood(tmp_path, error, said):
    assert is_full(error)
    words = rf"cannot be written \({said}\): it needs 7 bytes"
    with pytest.raises(InputError, match=words), told_if_full(tmp_path / "x", 7):
        raise error


@pytest.mark.parametrize("error", [OSError(errno.EBADF, "no"), ValueError("28"), RuntimeError("a bug")])
def test_other_errors_stay_what_they_are(tmp_path, error):
    with pytest.raises(type(error)) as raised, atomic_path(tmp_path / "x") as path:
        path.write_text("half")
        raise error
    assert raised.value is error and not os.listdir(tmp_path)


def test_a_temporary_folder_that_fills_up_names_tmpdir_and_leaves_nothing(small_disk, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(small_disk))
    before = os.listdir(small_disk)
    words = r"has [\d,]+ free: make room there or set TMPDIR to another folder"
    with pytest.raises(InputError, match=words), temporary_folder("x") as folder:
        (folder / "file").write_bytes(bytes(2 * SIZE))
    assert os.listdir(small_disk) == before


def test_temporary_folders_of_dead_processes_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = [f"mgah-x-{dead.pid}-a1", f"mgah-x-{os.getpid()}-a_-b", f"mgah-y-{dead.pid}-a1", "mgah-x-notes"]
    for name in names:
        (tmp_path / name).mkdir()
    with temporary_folder("x") as folder:
        assert folder.parent == tmp_path
    assert sorted(os.listdir(tmp_path)) == sorted(names[1:])


def test_where_no_folder_takes_temporary_files_it_is_said_to_set_tmpdir(monkeypatch):
    def none():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/full']")

    monkeypatch.setattr("tempfile.gettempdir", none)
    with pytest.raises(InputError, match=r"\['/full'\]\): set TMPDIR to one that can"), temporary_folder("x"):
        pass
