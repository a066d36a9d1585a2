"""The rule that trains a backbone: planned where a backbone asks for it, and what it says when it fails."""

import pytest
import yaml

from tests.workflow.conftest import copy_sources, snakemake

pytestmark = pytest.mark.long


@pytest.fixture
def repository(tmp_path):
    """The small benchmark on an AlexNet that is trained without the classes of the digits."""
    folder = copy_sources(tmp_path / "repository")
    config = yaml.safe_load((folder / "workflow/config/small.yaml").read_text())
    config["pretraining"] = {"rest": {"dataset": "digits", "folder": "classes", "epochs": 3}}
    config["backbones"] = {"alexnet_rest": {"backbone": "alexnet", "pretrained": "rest"}}
    config["experiments"] = [{"dataset": "digits", "backbone": "alexnet_rest", "semantics": "word2vec"}]
    config["outputs"] = {"tables": ["table1"], "figures": ["figure3"]}
    del config["ablation"], config["sweeps"], config["contrasts"]
    (folder / "rest.yaml").write_text(yaml.safe_dump(config))
    return folder


def test_features_and_the_card_of_the_backbone_wait_for_its_weights(repository):
    status, output = snakemake(repository, "-n", "-p", "--cores", "2", "--configfile", "rest.yaml")
    assert status == 0, output
    rules = output.split("Job stats:")[1].split()
    assert rules[rules.index("pretrain") + 1] == "1"
    weights = "results/small/pretraining/rest/weights"
    assert f"input: results/small/data/digits/images.csv, {weights}.safetensors, {weights}.json" in output
    said = " ".join(output.split())
    assert "--epochs=3 --folder=classes --output" in said
    assert (
        "--backbone alexnet --variant alexnet_rest --backbone-options '{}'"
        f' --weights "$PWD"/{weights}.safetensors --output results/small/features/digits/alexnet_rest'
    ) in said
    assert "--backbone-card results/small/backbones/alexnet_rest.json" in output
    assert f"input: {weights}.safetensors, {weights}.json" in output  # of the backbone's card


def test_a_failing_training_leaves_nothing_and_says_why_once(repository):
    (repository / "classes").mkdir()  # else the run would not begin: its images would be missing
    status, output = snakemake(
        repository, "pretraining", "--cores", "2", "--configfile", "rest.yaml", MGAH_DATA=str(repository)
    )
    assert status != 0
    end = output.split("The run failed:")[1]
    assert end.count("error: dataset digits gives no WordNet id for its classes zero, one") == 1
    assert not (repository / "results/small/pretraining").exists()
