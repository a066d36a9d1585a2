"""One seed gives the same codes, models and scores in any surroundings; on another kind of CPU the same codes."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.faults.conftest import TINY, made, undo
from tests.workflow.conftest import snakemake

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FEW = ("itq", "sdh", "mgah")
ALL = (*FEW, "imh", "ksh", "tsk", "doph_linear", "dhn", "sitnet")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
#: Surroundings that must leave every bit.
SAME = {
    "threads": dict.fromkeys(_THREADS, "4"),
    "one thread": dict.fromkeys(_THREADS, "1"),
    "hash seed": {"PYTHONHASHSEED": "12345"},
    "locale and time zone": {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
    "POSIX locale": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "NumPy's own kernels": {
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
    },
}
#: Kinds of CPU, by which sums are rounded otherwise: the same codes, and arrays within `TOLERANCE`.
CPUS = {
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "torch for AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},
    "torch for any": {"ATEN_CPU_CAPABILITY": "default"},
    "Numba for any": {"NUMBA_CPU_NAME": "generic"},
}
TOLERANCE = 1e-5


def digest(folder, methods, **surroundings) -> dict:
    """What `tests.faults.digest` prints in a process of its own that runs in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.digest", *methods],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | surroundings,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def usual():
    """Digests of the usual surroundings, by methods, each made once."""
    found = {}

    def get(methods):
        if methods not in found:
            found[methods] = digest(ROOT, methods)
        return found[methods]

    return get


def check_cpu(found: dict, expected: dict) -> None:
    for name, other in expected.items():
        assert found[name]["codes"] == other["codes"], name
        assert found[name]["scores"] == other["scores"], name
        for key, values in other["arrays"].items():
            np.testing.assert_allclose(found[name]["arrays"][key], values, rtol=0, atol=TOLERANCE)


@pytest.mark.long
def test_surroundings_leave_every_bit_and_another_cpu_every_code(usual, tmp_path):
    """All surroundings at once, then all kinds of CPU."""
    together = {key: value for change in SAME.values() for key, value in change.items()}
    assert digest(tmp_path, FEW, **together) == usual(FEW)
    check_cpu(
        digest(tmp_path, FEW, **{k: v for change in CPUS.values() for k, v in change.items()}), usual(FEW)
    )


@pytest.mark.long
def test_both_back_ends_score_alike(usual):
    for found in usual(FEW).values():
        assert len(found["scores"]) == 1 + bool(find_spec("numba"))
        assert len(set(found["scores"].values())) == 1


@pytest.mark.whole
@pytest.mark.parametrize("change", SAME)
def test_a_change_of_surroundings_leaves_every_bit(change, usual, tmp_path):
    assert digest(tmp_path, ALL, **SAME[change]) == usual(ALL)


@pytest.mark.whole
@pytest.mark.parametrize("cpu", CPUS)
def test_another_kind_of_cpu_gives_the_same_codes(cpu, usual, tmp_path):
    check_cpu(digest(tmp_path, ALL, **CPUS[cpu]), usual(ALL))


@pytest.mark.whole
def test_one_core_and_another_order_of_jobs_give_the_same_files(tiny_run, own_tiny_run):
    """On one core, the network first, and no job forked."""
    undo(own_tiny_run, "features", "splits", "semantics", "codes", "models")
    one = (*TINY[2:3], "1", *TINY[4:])
    first = "results/tiny/codes/digits/pixels/word2vec/three/mgah/seed0"
    for target in ((first,), TINY[:2]):
        status, output = snakemake(own_tiny_run, *target, *one, MGAH_FORK_SERVERS="")
        assert status == 0, output[-3000:]
    assert made(own_tiny_run) == made(tiny_run)
