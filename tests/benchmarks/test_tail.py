"""The benchmark of tails: its printed lines on sizes of no weight, and what it refuses."""

import re

import numpy as np
import pytest

from mgah.backbones.store import FeatureWriter
from mgah.benchmarks import tail as benchmark
from mgah.errors import InputError

pytestmark = pytest.mark.usefixtures("tiny_network")


@pytest.mark.parametrize("stored", [False, True])
def test_it_prints_seconds_and_their_ratio(stored, capsys, tmp_path):
    arguments = ["--network", "tiny", "--images", "90", "--rounds", "1"]
    if stored:
        with FeatureWriter(tmp_path, (100, 36), {}, "float16") as writer:
            writer.append(np.random.default_rng(0).random((100, 36)).astype(np.float16))
            writer.finish({"backbone": "tiny_maps"})
        arguments += ["--maps", str(tmp_path)]
    benchmark.main(arguments)
    lines = capsys.readouterr().out.strip().split("\n")
    assert lines[0] == "mgah, tiny, 90 images, 1 rounds, CPU seconds of one core"
    for line, start in zip(lines[1:], ("epoch of 10,000", "encoding 60,000"), strict=True):
        assert re.fullmatch(rf"{start}: frozen -?[\d.]+ s, tail -?[\d.]+ s, ratio -?\d+", line)


def test_what_it_cannot_measure_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match="googlenet has no tail"):
        benchmark.main(["--network", "googlenet"])
    with FeatureWriter(tmp_path, (50, 36), {}, "float16") as writer:
        writer.append(np.ones((50, 36), np.float16))
        writer.finish({"backbone": "tiny_maps"})
    with pytest.raises(InputError, match=r"holds tiny_maps, float16 of shape \(50, 36\).*n of 90 or more"):
        benchmark.main(["--network", "tiny", "--images", "90", "--maps", str(tmp_path)])
