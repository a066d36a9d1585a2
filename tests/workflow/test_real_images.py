"""Real CIFAR-10 images from JPEG to Table 1, on a subset: the flow of cpu.yaml in about a minute."""

import io
import tarfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import copy_sources, snakemake

pytestmark = pytest.mark.long

SUBSET = {"options": {"images_per_class": 100}, "training": 400, "queries": 60, "seen_queries": 60}

METHODS = ["itq", "itq_l2", "mgah", "random_codes"]


def subset_repository(target: Path) -> Path:
    """A copy of the sources with ``subset.yaml``, which is cpu.yaml on few images and two splits."""
    folder = copy_sources(target)
    config = yaml.safe_load((folder / "workflow/config/cpu.yaml").read_text())
    config["datasets"] = {"cifar10": config["datasets"]["cifar10"] | SUBSET | {"splits": ["cat", "deer"]}}
    del config["datasets"]["cifar10"]["development_splits"]
    experiment = next(e for e in config["experiments"] if e["dataset"] == "cifar10")
    config["experiments"] = [experiment | {"methods": METHODS}]
    config |= {"name": "subset", "bits": [16, 32], "seeds": [0], "graphs": {}}
    del config["ablation"], config["sweeps"]
    config["outputs"] = {"tables": ["table1"], "figures": []}
    (folder / "subset.yaml").write_text(yaml.safe_dump(config))
    return folder


def run_subset(folder: Path, target: str, data: Path) -> tuple[int, str]:
    return snakemake(folder, target, "--cores", "2", "--configfile", "subset.yaml", MGAH_DATA=str(data))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, real_data):
    folder = subset_repository(tmp_path_factory.mktemp("real") / "repository")
    status, output = run_subset(folder, "table1", real_data)
    assert status == 0, output[-5000:]
    return folder


def read_scores(folder: Path) -> pd.DataFrame:
    # a precision of non-empty Hamming balls is nan where all balls are empty
    return pd.read_csv(
        folder / "results/subset/scores.csv", keep_default_na=False, na_values={"value": ["nan"]}
    )


def test_learned_codes_beat_chance_and_random_codes_meet_it(folder):
    scores = read_scores(folder)
    whole = scores[scores["class"] == ""].pivot_table(
        index=["method", "bits"], columns="metric", values="value", aggfunc="mean"
    )
    lift = whole["mAP"] / whole["chance_mAP"]
    assert (lift[["itq", "itq_l2", "mgah", "cosine"]] > 1.2).all()
    assert lift["random_codes"].between(0.85, 1.15).all()
    assert (whole.loc["mgah", "seen_mAP"] > 0.25).all()


def test_leak_marks_and_notes_reach_the_table(folder):
    scores = read_scores(folder)
    leaks = scores[scores["metric"] == "mAP"].groupby("split")["leak"].unique()
    assert leaks["deer"].tolist() == ["clean"]
    assert leaks["cat"].tolist() == ["child"]
    table = (folder / "results/subset/tables/table1.md").read_text()
    for words in ("JPEG", "GloVe", "100 images", "clean unseen classes only", "the vector of 'car'"):
        assert words in table


def data_error(tmp_path: Path) -> str:
    """The one error line of a data stage that fails on ``tmp_path/data`` and writes no table."""
    repository = subset_repository(tmp_path / "repository")
    status, output = run_subset(repository, "data", tmp_path / "data")
    assert status == 1
    assert "Traceback" not in output
    assert not list((repository / "results").rglob("images.csv"))
    (error,) = {
        line for line in output.splitlines() if line.startswith("error: ")
    }  # said once more at the end
    return error


def test_a_truncated_jpeg_in_the_archive_is_named_and_nothing_is_written(tmp_path, real_data):
    damaged = "cifar10/test/cat/0007.jpg"  # in path order among the first 100 cats, so in the subset
    archive = tmp_path / "data/cifar10.tar.gz"
    archive.parent.mkdir()
    replaced = 0
    with (
        tarfile.open(real_data / archive.name, "r|gz") as originals,
        tarfile.open(archive, "w:gz", compresslevel=0) as copies,
    ):
        for member in originals:
            content = originals.extractfile(member).read() if member.isreg() else b""
            if member.name == damaged:
                content = content[: len(content) * 3 // 4]
                member.size = len(content)
                replaced += 1
            copies.addfile(member, io.BytesIO(content))
    assert replaced == 1
    assert f"image {damaged} in {archive} cannot be decoded" in data_error(tmp_path)


def test_a_truncated_archive_is_named_and_nothing_is_written(tmp_path, real_data):
    archive = tmp_path / "data/cifar10.tar.gz"
    archive.parent.mkdir()
    content = (real_data / archive.name).read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    assert f"archive {archive} cannot be read" in data_error(tmp_path)
