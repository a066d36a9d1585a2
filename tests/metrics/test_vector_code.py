"""Distances are computed by vector instructions, whatever processor the kernels are compiled for."""

import os
import platform
import re
import subprocess
import sys

import pytest

numba = pytest.importorskip("numba")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the instructions are x86's"),
]

SHOW = """
import numpy as np
from numba import njit, typeof
from mgah.metrics import kernels_numba as kernels
distances = njit(nogil=True)(kernels._distances.py_func)  # what the cache holds has no listing
planes, out = np.zeros((8, kernels._BLOCK), np.uint8), np.zeros(kernels._BLOCK, np.uint8)
distances.compile(tuple(map(typeof, (planes, planes[:, 0].copy(), out))))
print(*distances.inspect_asm().values())
"""
#: Planes that are counted in the loops over entries: one to four in the first pass, four in the passes after it.
COUNTED = 1 + 2 + 3 + 4 + 4


def listing(target, tmp_path):
    environment = os.environ | {
        "NUMBA_CPU_NAME": target,
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    return subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("target", "instruction"),
    [
        # AVX2 and AVX-512 without an instruction of its own look the bits of half bytes up, in 32 or 64 of them at once
        ("haswell", r"vpshufb\s.*%ymm"),
        ("skylake-avx512", r"vpshufb\s.*%[yz]mm"),
        ("znver3", r"vpshufb\s.*%ymm"),
        ("icelake-server", r"vpopcntb\s.*%[yz]mm"),
    ],
)
def test_every_pass_over_the_planes_is_vector_code(target, instruction, tmp_path):
    assert len(re.findall(instruction, listing(target, tmp_path))) >= COUNTED
