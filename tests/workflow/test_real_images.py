"""Real CIFAR-10 images from JPEG to Table 1, on a subset: the flow of cpu.yaml in about a minute."""

import shutil

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import copy_sources, snakemake

SUBSET = {"options": {"images_per_class": 100}, "training": 400, "queries": 60, "seen_queries": 60}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, real_data):
    folder = copy_sources(tmp_path_factory.mktemp("real") / "repository")
    config = yaml.safe_load((folder / "workflow/config/cpu.yaml").read_text())
    config["datasets"] = {"cifar10": config["datasets"]["cifar10"] | SUBSET | {"splits": ["cat", "deer"]}}
    config["experiments"] = [e for e in config["experiments"] if e["dataset"] == "cifar10"]
    config |= {"name": "subset", "bits": [16, 32]}
    (folder / "subset.yaml").write_text(yaml.safe_dump(config))
    status, output = snakemake(
        folder, "table1", "--cores", "2", "--configfile", "subset.yaml", MGAH_DATA=str(real_data)
    )
    assert status == 0, output[-5000:]
    return folder


def test_learned_codes_beat_chance_and_random_codes_meet_it(folder):
    scores = pd.read_csv(folder / "results/subset/scores.csv", keep_default_na=False)
    whole = scores[scores["class"] == ""].pivot_table(
        index=["method", "bits"], columns="metric", values="value", aggfunc="mean"
    )
    lift = whole["mAP"] / whole["chance_mAP"]
    assert (lift[["itq", "itq_l2", "mgah", "cosine"]] > 1.2).all()
    assert lift["random_codes"].between(0.85, 1.15).all()
    assert (whole.loc["mgah", "seen_mAP"] > 0.25).all()


def test_leak_marks_and_notes_reach_the_table(folder):
    scores = pd.read_csv(folder / "results/subset/scores.csv", keep_default_na=False)
    leaks = scores[scores["metric"] == "mAP"].groupby("split")["leak"].unique()
    assert leaks["deer"].tolist() == ["clean"]
    assert leaks["cat"].tolist() == ["child"]
    table = (folder / "results/subset/tables/table1.md").read_text()
    for words in ("JPEG", "GloVe", "100 images", "clean unseen classes only", "the vector of 'car'"):
        assert words in table


def test_a_corrupt_image_in_the_archive_is_named_and_nothing_is_written(folder, tmp_path, real_data):
    data = tmp_path / "data"
    (data / "cifar10/train/cat").mkdir(parents=True)
    (data / "cifar10/train/cat/0007.jpg").write_bytes(b"\xff\xd8 cut off")
    own = copy_sources(tmp_path / "repository")
    shutil.copy(folder / "subset.yaml", own)
    status, output = snakemake(
        own, "data", "--cores", "2", "--configfile", "subset.yaml", MGAH_DATA=str(data)
    )
    assert status == 1
    assert "error: " in output
    assert "Traceback" not in output
    assert not list((own / "results").rglob("images.csv"))
