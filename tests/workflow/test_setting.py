"""One setting in which shallow methods, frozen ones and ones trained end to end stand in one table and comparison."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mgah.methods.models import load_model
from tests.workflow.conftest import ROOT, copy_sources, snakemake

pytestmark = pytest.mark.long

#: What the tests read; the page and what else a run makes are tested elsewhere.
TARGETS = ("table1", "significance", "trained_features")
SHORT = {"epochs": 2, "trunk": 16, "device": "cpu"}
SETTING = {"dataset": "digits", "backbone": "tiny", "semantics": "vectors"}
CONFIG = {
    "name": "setting",
    "seeds": [0],
    "bits": [4, 8],
    "datasets": {
        "digits": {
            "image_size": 16,
            "training": 120,
            "queries": 20,
            "seen_queries": 20,
            "splits": ["three", "seven"],
            "semantics": {"vectors": {"source": "word2vec", "builtin": "digits"}},
        }
    },
    "experiments": [
        SETTING | {"methods": ["itq", "mgah"], "bits": [4], "reference_lines": ["cosine"]},
        SETTING | {"methods": ["mgah_tail", "mgah_frozen"], "bits": [4], "splits": ["seven"]},
        SETTING | {"methods": ["itq", "mgah"], "bits": [8], "splits": ["seven"]},
    ],
    "methods": {
        "itq": {},
        "itq_l2": {"method": "itq", "label": "ITQ-L2", "parameters": {"normalize": True}},
        "mgah": {"parameters": {"trainable": "all", "latent": 8} | SHORT},
        "mgah_tail": {
            "method": "mgah",
            "label": "MGAH, tail",
            "parameters": {"trainable": "tail", "latent": 8} | SHORT,
        },
        "mgah_frozen": {"method": "mgah", "label": "MGAH, frozen", "parameters": {"latent": 8} | SHORT},
    },
    "comparison": {"bits": 4},
    "keep_models": {"bits": [4]},
    "trained_features": {"methods": ["mgah", "mgah_tail"], "refit": ["itq", "itq_l2"], "bits": [4]},
    "outputs": {"tables": ["table1", "significance", "trained_features"], "figures": []},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """The results of a run whose backbone is a tiny network from outside the project."""
    folder = copy_sources(tmp_path_factory.mktemp("setting") / "repository")
    modules = [str(ROOT / "tests/fixtures/tiny.py")]
    (folder / "setting.yaml").write_text(yaml.safe_dump(CONFIG | {"modules": modules}))
    (folder / "data").mkdir()
    data = str(folder / "data")
    status, output = snakemake(
        folder, *TARGETS, "--cores", "2", "--configfile", "setting.yaml", MGAH_DATA=data
    )
    assert status == 0, output[-3000:]
    return folder / "results/setting"


def test_all_rows_of_the_setting_stand_in_one_frame_with_what_was_trained(run):
    scores = pd.read_csv(run / "scores.csv")
    assert set(scores["backbone"]) == {"tiny"}
    assert scores.drop_duplicates("method").set_index("method")["trained"].to_dict() == {
        "itq": "frozen features",
        "mgah": "end to end",
        "mgah_tail": "last layers of the backbone trained",
        "mgah_frozen": "frozen features, hash layers trained",
        "cosine": "frozen features",
    }
    cells = (
        scores[scores["metric"] == "mAP"].dropna(subset="bits").groupby(["method", "bits"])["split"].nunique()
    )
    assert cells["itq", 4] == cells["mgah", 4] == 2 and cells["mgah_frozen", 4] == 1
    assert cells["itq", 8] == cells["mgah", 8] == 1 and ("mgah_frozen", 8) not in cells
    frames = json.loads((run / "tables/table1.json").read_text())["frames"]
    rows = next(frame["rows"] for frame in frames if "mAP" in frame["caption"])
    assert {row[0].split(" [")[0] for row in rows} == {"ITQ", "MGAH", "MGAH, tail", "MGAH, frozen"}


def test_methods_trained_end_to_end_are_compared_with_shallow_ones(run):
    compared = pd.read_csv(run / "comparisons.csv", keep_default_na=False)
    assert set(compared["reference"]) == {"mgah"}
    assert {("itq", 4), ("itq", 8), ("mgah_frozen", 4), ("mgah_tail", 4)} <= set(
        compared[["method", "bits"]].itertuples(index=False, name=None)
    )


def test_each_method_reads_its_own_store_and_images_are_of_no_backbone(run):
    stored = {path.parent.relative_to(run).as_posix() for path in run.glob("*/**/features.npy")}
    assert stored == {"features/digits/tiny", "maps/digits/tiny", "images/digits"}
    images = np.load(run / "images/digits/features.npy")
    assert images.dtype == np.uint8 and images.shape == (1797, 3 * 16 * 16)
    card = json.loads((run / "models/digits/tiny/vectors/seven/mgah/seed0/4.json").read_text())
    notes = card["cell"]["notes"]
    assert "The whole of tiny was trained with the hash layer." in notes
    assert not any("frozen" in note for note in notes)


def test_features_of_trained_networks_are_scored_where_their_methods_are_run(run):
    table = pd.read_csv(run / "trained_features.csv")
    runs = table.loc[
        (table["metric"] == "mAP") & table["class"].isna(), ["network", "method", "bits", "split"]
    ]
    assert set(runs.itertuples(index=False, name=None)) == {
        (network, method, 4, split)
        for network, split in (("mgah", "three"), ("mgah", "seven"), ("mgah_tail", "seven"))
        for method in ("itq", "itq_l2", "cosine")
    }
    data = pd.read_csv(run / "tables/trained_features.csv", keep_default_na=False)
    assert {"mgah", "mgah_tail", ""} == set(data["network"])


def test_models_are_kept_as_the_config_says_and_encode_images_again(run):
    folder = run / "models/digits/tiny/vectors/seven/mgah/seed0"
    assert sorted(path.name for path in folder.glob("[0-9]*")) == ["4.json", "4.safetensors", "8.json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MGAH_MODULES", str(ROOT / "tests/fixtures/tiny.py"))
        method = load_model(folder / "4.safetensors")
        images = np.load(run / "images/digits/features.npy")[:5]
        assert method.encode(images).shape == (5, 4)
