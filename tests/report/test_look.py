"""Figures look the same in any surroundings of Matplotlib; test_outputs compares the bytes of each."""

import os
import subprocess
import sys

import matplotlib
import pytest

from mgah.report.look import look


@pytest.mark.slow
def test_a_backend_that_is_not_there_and_a_style_file_do_not_matter(tmp_path):
    """In a process of its own, as Matplotlib reads both when it is imported."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nlines.linewidth: 7\n")
    code = """
from mgah.report.look import look
with look():
    import matplotlib
    from matplotlib.figure import Figure
    print(matplotlib.rcParams["lines.linewidth"], matplotlib.rcParams["text.usetex"])
    Figure().savefig("figure.svg")
"""
    surroundings = {"MPLBACKEND": "module://not_there", "MATPLOTLIBRC": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | surroundings,
    )
    assert done.stdout.split() == ["1.2", "False"], done.stderr[-2000:]
    assert (tmp_path / "figure.svg").exists()


def test_the_look_ends_with_its_block():
    before = matplotlib.rcParams["savefig.dpi"]
    with look(**{"savefig.dpi": 42}):
        assert matplotlib.rcParams["savefig.dpi"] == 42
    assert matplotlib.rcParams["savefig.dpi"] == before
