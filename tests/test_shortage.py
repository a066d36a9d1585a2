"""Memory or disk that ran out: one sentence with what was asked for and the parameter that sets it."""

import errno
from argparse import Namespace

import numpy as np
import pytest
import torch

from mgah.baselines.ksh import KSH
from mgah.cli import run
from mgah.shortage import sentence

HUGE = 10**13


class Wide(KSH):
    """A method that asks for an array of as many columns as it has labeled images."""

    def fit(self, features, labels, semantics):
        return np.empty((3, self.n_labeled))


def said(call):
    try:
        call()
    except Exception as error:
        return sentence(error)


def test_an_array_names_the_parameter_in_its_shape():
    words = said(lambda: Wide(n_bits=8, n_labeled=HUGE).fit(None, None, None))
    assert words.startswith(
        "memory ran out (Unable to allocate 218. TiB for an array with shape (3, 10000000000000)"
    )
    assert "in test_shortage.py, line " in words
    assert "its size is set by n_labeled = 10,000,000,000,000; make that smaller" in words


def test_a_tensor_names_the_parameter_that_divides_its_bytes():
    def train(arguments):
        return torch.empty(7, arguments.parameters["hidden"])

    parameters = {"hidden": HUGE, "part": HUGE // 10, "epochs": 20}
    words = said(lambda: train(Namespace(parameters=parameters, seed=7, bits=[8, 32])))
    assert "tried to allocate 280000000000000 bytes" in words
    assert "its size is set by hidden = 10,000,000,000,000; make" in words


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB.\nGPU 0 has ...")]
)
def test_where_no_size_is_known_all_parameters_are_named(error):
    def fail(arguments):
        raise error

    words = said(lambda: fail(Namespace(batch_size=512, bits=[8, 48], seed=3, device="cuda", shuffle=True)))
    assert "its size is set by batch_size = 512, bits = 48; make that smaller" in words
    assert "\n" not in words


def test_a_full_disk_names_the_file_or_where_files_lie(tmp_path, monkeypatch):
    file = str(tmp_path / "file")
    assert sentence(OSError(errno.ENOSPC, "No space left on device", file)).startswith(
        f"{file} cannot be written"
    )
    monkeypatch.chdir(tmp_path)
    words = sentence(OSError(errno.ENOSPC, "No space left on device"))
    assert words.startswith("a disk is full ([Errno 28] No space left on device): ")
    assert f" bytes are free in {tmp_path}, " in words


def test_other_errors_are_no_shortage():
    for error in (
        KeyError("memory"),
        RuntimeError("a bug"),
        OSError(errno.EACCES, "no"),
        ValueError("out of memory"),
    ):
        assert sentence(error) is None


def test_commands_end_in_one_line_where_memory_runs_out():
    with pytest.raises(SystemExit, match=r"^error: memory ran out \(Unable to allocate"):
        run(lambda: np.empty(HUGE, dtype=np.int64) and None)
