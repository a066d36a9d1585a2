"""Runs whose disk fills up say so in a sentence, and go on where they were once there is room."""

import os
import shutil
import subprocess

import pytest

from tests.faults.conftest import RESULTS, TINY, made
from tests.workflow.conftest import snakemake

#: Sizes in KiB of the disk that holds the results, of which a whole run takes more than 500.
SIZES = (60, 150, 250, 350, 500)


@pytest.fixture
def disk(tmp_path):
    """A function that mounts a disk of a size in KiB, or gives the one that is there another size."""
    place = tmp_path / "disk"
    place.mkdir()

    def resize(size: int, *options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}k", *options]), "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no disk of one's own can be mounted here: that takes root")

    if os.getuid():
        pytest.skip("no disk of one's own can be mounted here: that takes root")
    yield place, resize
    subprocess.run(["umount", str(place)], check=False)


@pytest.mark.whole
@pytest.mark.parametrize("size", SIZES)
def test_a_run_on_a_full_disk_says_it_and_goes_on_with_room(size, disk, tiny_run, own_tiny_run):
    place, resize = disk
    resize(size)
    shutil.rmtree(own_tiny_run / "results")
    (own_tiny_run / "results").symlink_to(place)
    status, output = snakemake(own_tiny_run, *TINY)
    assert status != 0, "the disk holds the whole run"
    assert "No space left on device" in output and "bytes" in output, output[-3000:]
    assert "Traceback" not in output, output[-3000:]
    assert "Bus error" not in output and "SIGBUS" not in output
    resize(100_000, "remount")
    status, output = snakemake(own_tiny_run, *TINY)
    assert status == 0, output[-3000:]
    assert not list((own_tiny_run / RESULTS).rglob(".*.tmp*"))
    assert made(own_tiny_run) == made(tiny_run)
