"""The whole grid: planned in seconds on a machine without data, and refused there before its first job."""

import re

import pytest
import yaml

from tests.workflow.conftest import copy_sources, snakemake
from workflow import settings
from workflow.needs import wanted

pytestmark = pytest.mark.slow

CONFIGS = settings.SCHEMA.parent
#: Jobs of paper.yaml by rule, without the one of the default target.
JOBS = {
    "index_images": 3,
    "class_semantics": 3,
    "draw_split": 12,
    "extract_features": 9,
    "pretrain": 1,
    "mark_leaks": 9,
    "choose": 4 * 12,
    # ten splits of CIFAR-10 and one of each other dataset, three seeds, 20 methods, 4 end to end, 2 for Table 2;
    # ten variants on AwA2
    "fit": 12 * 3 * (20 + 4 + 2) + 10 * 3,
    # L, alpha and lambda on AwA2, training images and short codes on CIFAR-10's ten splits
    "fit_sweep": 3 * (3 * 1 + 2 * 10),
    "score_ablation": 1,
    "score_sweep": 5,
    "collect_ablations": 1,
    "collect_sweeps": 1,
    "collect_history": 1,
    "score_codes": 3 * (20 + 4 + 2),
    "score_features": 3,
    "collect_choices": 1,
    "collect_scores": 1,
    "collect_benchmarks": 1,
    "compare": 1,
    "compare_ablation": 1,
    "render_table": 9,
    "trace_curves": 1,
    "find_confusions": 1,
    "sample_graphs": 1,
    "show_gallery": 1,
    "render_figure": 7,
    "render_page": 1,
}


def load(name: str) -> dict:
    return settings.checked(yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_sources(tmp_path_factory.mktemp("grid") / "repository")


def test_the_published_grid_is_planned_without_data_and_without_torch(folder, tmp_path):
    for module in ("torch", "torchvision", "sklearn", "nltk", "gensim"):
        (tmp_path / f"{module}.py").write_text(f"raise RuntimeError('{module} was imported')")
    status, output = snakemake(folder, "-n", "-q", "rules", MGAH_DATA=str(tmp_path), PYTHONPATH=str(tmp_path))
    assert status == 0, output[-3000:]
    rows = dict(re.findall(r"^(\w+)\s+(\d+)$", output, flags=re.M))
    planned = {rule: int(count) for rule, count in rows.items()}
    assert planned.pop("total") == sum(JOBS.values()) + planned.pop("all")
    assert planned == JOBS
    assert not (folder / "results").exists()


def test_a_real_run_without_data_stops_with_one_list_and_names_the_smaller_ones(folder, tmp_path):
    status, output = snakemake(folder, "data", "--cores", "2", MGAH_DATA=str(tmp_path))
    assert status == 1
    assert "Traceback" not in output
    listed = [line for line in output.splitlines() if line.startswith("- ")]
    assert any(line.startswith("- Animals with Attributes 2 (13 GB), from https://") for line in listed)
    assert any(line.startswith("- ImageNet, the training images of ILSVRC-2012 (138 GB)") for line in listed)
    assert "cpu.yaml" in output and "small.yaml" in output
    assert not (folder / "results").exists() or not list((folder / "results").rglob("*.csv"))


def test_only_what_planned_jobs_read_is_asked_for():
    config = load("paper")
    fit = {"dataset": "cifar10", "semantics": "word2vec", "split": "cat", "seed": "0"}
    jobs = [
        ("index_images", {"dataset": "awa2"}),
        ("extract_features", {"dataset": "awa2", "backbone": "alexnet"}),
        ("extract_features", {"dataset": "imagenet", "backbone": "alexnet_rest"}),
        ("class_semantics", {"dataset": "cifar10", "semantics": "word2vec"}),
        ("mark_leaks", {"dataset": "awa2", "backbone": "alexnet"}),
        ("pretrain", {"pretraining": "rest"}),
        ("fit", fit | {"backbone": "images", "method": "mgah"}),
        ("fit", fit | {"backbone": "alexnet", "method": "itq"}),
        ("fit", fit | {"dataset": "imagenet", "backbone": "images_rest", "method": "mgah"}),
        ("fit_sweep", {"sweep": "latent", "split": "standard", "seed": "0"}),
        ("score_codes", fit),
        ("sample_graphs", fit | {"backbone": "images", "method": "mgah", "bits": "32"}),
        ("show_gallery", {}),
        ("all", {}),
    ]
    assert wanted(config, jobs) == {
        "datasets": [["awa2", {}], ["imagenet", {}], ["cifar10", {}]],
        "backbones": [["alexnet", "weights"]],
        "semantics": [["word2vec", {"downloader": "word2vec-google-news-300"}]],
        "pretraining": [["imagenet/train"]],
        "leaks": [[]],
    }


def test_pixels_have_learned_no_classes_to_mark():
    assert wanted(load("small"), [("mark_leaks", {"dataset": "digits", "backbone": "pixels"})])["leaks"] == []


def test_the_cpu_run_covers_the_three_datasets_and_both_tables():
    config = load("cpu")
    assert {experiment["dataset"] for experiment in config["experiments"]} == {
        "cifar10",
        "awa2_mini",
        "imagenet_mini",
    }
    assert {experiment["backbone"] for experiment in config["experiments"]} == {"efficientnet_lite0"}
    for experiment in config["experiments"]:
        assert {"itq", "mgah", "doph"} <= set(settings.methods_of(config, experiment))
    assert {"table1", "table2"} <= set(config["outputs"]["tables"]) and "figure3" in config["outputs"][
        "figures"
    ]
