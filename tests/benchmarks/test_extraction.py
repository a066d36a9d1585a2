"""The benchmark command: made and archived images, its printed line."""

import re
import tarfile
import zipfile

import pytest
import torch

from mgah.benchmarks import extraction as benchmark
from mgah.errors import InputError
from tests.backbones.conftest import Tiny


@pytest.mark.slow
def test_it_prints_rates_ratio_and_difference(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(Tiny, "url", "http://127.0.0.1:9/tiny-0123abcd.pth")
    monkeypatch.setattr(benchmark.registry, "load", lambda kind, name: Tiny)
    torch.manual_seed(4)
    torch.save(Tiny._model().state_dict(), tmp_path / "tiny.pth")
    benchmark.main(["--images", "64", "--rounds", "2", "--weights", str(tmp_path / "tiny.pth")])
    lines = capsys.readouterr().out.strip().split("\n")
    assert len(lines) == 4 and lines[1].startswith("round 1: eager ")
    found = re.fullmatch(
        r"eager ([\d.]+), fast ([\d.]+) images/s, ratio ([\d.]+), largest difference (\S+)", lines[-1]
    )
    eager, fast, ratio, difference = map(float, found.groups())
    assert ratio == pytest.approx(fast / eager, abs=0.1)
    assert 0 <= difference <= 1e-4


def test_archives_give_their_images(tmp_path):
    for name in ("a.jpg", "b.PNG", "c.txt"):
        (tmp_path / name).write_bytes(name.encode())
    with (
        tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar,
        zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped,
    ):
        for name in ("a.jpg", "b.PNG", "c.txt"):
            tar.add(tmp_path / name, name)
            zipped.write(tmp_path / name, name)
    for archive in ("x.tar.gz", "x.zip"):
        assert dict(benchmark._archived(tmp_path / archive)) == {"a.jpg": b"a.jpg", "b.PNG": b"b.PNG"}


def test_bad_archives_and_too_few_images(tmp_path):
    (tmp_path / "x.tar").write_bytes(b"nothing")
    for archive in ("x.tar", "absent.tar"):
        with pytest.raises(InputError, match=f"{archive} cannot be read"):
            benchmark.main(["--archive", str(tmp_path / archive)])
    with pytest.raises(InputError, match="5 images are too few"):
        benchmark.main(["--images", "5"])
