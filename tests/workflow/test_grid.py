"""The whole grid: planned in seconds on a machine without data, and refused there before its first job."""

import re
from collections import Counter

import numpy as np
import pytest

from mgah import registry
from mgah.semantics.store import ClassSemantics
from mgah.templates import text_of
from mgah.training.variants import grid_variants
from tests.workflow.conftest import SMALL, copy_sources, load, snakemake
from workflow import components, cost, experiments, whole_run
from workflow.needs import wanted

pytestmark = pytest.mark.slow

#: Jobs of paper.yaml by rule, without the one of the default target.
JOBS = {
    "index_images": 3,
    "class_semantics": 3,
    "draw_split": 12,
    "describe_backbone": 3,
    "extract_features": 6,
    "store_images": 3,
    "pretrain": 1,
    "mark_leaks": 6,
    "choose": 4 * 12,
    # ten splits of CIFAR-10 and one of each other dataset, three seeds, 24 methods, 3 for Table 2; ten variants on AwA2
    "fit": 12 * 3 * (24 + 3) + 10 * 3,
    # L, alpha and lambda on AwA2, training images and short codes on CIFAR-10's ten splits
    "fit_sweep": 3 * (3 * 1 + 2 * 10),
    "score_ablation": 1,
    "score_sweep": 5,
    "collect_ablations": 1,
    "collect_sweeps": 1,
    "collect_history": 1,
    "collect_graphs": 1,
    "collect_semantics_notes": 1,
    "score_codes": 3 * (24 + 3),
    "score_features": 3,
    "collect_choices": 1,
    "collect_scores": 1,
    "collect_benchmarks": 1,
    "compare": 1,
    "render_table": 10,
    "trace_curves": 1,
    "find_confusions": 1,
    "sample_graphs": 1,
    "show_gallery": 1,
    "render_figure": 7,
    "render_page": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_sources(tmp_path_factory.mktemp("grid") / "repository")


@pytest.fixture(scope="module")
def dry_run(folder, tmp_path_factory) -> str:
    """What the dry run of the published grid prints on a machine without data and without torch."""
    place = tmp_path_factory.mktemp("without")
    for module in ("torch", "torchvision", "sklearn", "nltk", "gensim"):
        (place / f"{module}.py").write_text(f"raise RuntimeError('{module} was imported')")
    status, output = snakemake(folder, "-n", MGAH_DATA=str(place), PYTHONPATH=str(place))
    assert status == 0, output[-3000:]
    return output


@pytest.mark.long
def test_the_published_grid_is_planned_without_data_and_without_torch(folder, dry_run):
    rows = dict(re.findall(r"^(\w+)\s+(\d+)$", dry_run, flags=re.M))
    planned = {rule: int(count) for rule, count in rows.items()}
    assert planned.pop("total") == sum(JOBS.values()) + planned.pop("all")
    assert planned == JOBS
    assert not (folder / "results").exists()


def test_the_jobs_that_need_or_cost_something_are_known_without_a_plan():
    """What ``mgah doctor`` tells is of those jobs that Snakemake plans, as the test above counts them."""
    counted = Counter(rule for rule, _ in whole_run.jobs(load("paper")))
    assert {"index_images", "extract_features", "store_images", "choose", "fit", "fit_sweep"} <= set(counted)
    assert counted == {rule: JOBS[rule] for rule in counted}


def test_a_real_run_without_data_stops_with_one_list_and_names_the_smaller_ones(folder, tmp_path):
    status, output = snakemake(folder, "data", "--cores", "2", MGAH_DATA=str(tmp_path))
    assert status == 1
    assert "Traceback" not in output
    listed = [line for line in output.splitlines() if line.startswith("- ")]
    assert any(line.startswith("- Animals with Attributes 2 (13 GB), from https://") for line in listed)
    assert any(line.startswith("- ImageNet, the training images of ILSVRC-2012 (138 GB)") for line in listed)
    assert "regimes.yaml" in output and "small.yaml" in output
    assert not (folder / "results").exists() or not list((folder / "results").rglob("*.csv"))


def test_a_mistyped_target_is_told_with_those_like_it(folder):
    status, output = snakemake(folder, "tabel1", "-n", *SMALL)
    assert status and "error: there is no target tabel1: expected the name of a table" in output
    assert output.endswith("; do you mean table1 or table3?\n")


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
        ("describe_backbone", {"backbone": "googlenet"}),
        ("describe_backbone", {"backbone": "alexnet_rest"}),
        ("store_images", {"dataset": "cifar10"}),
        ("fit", fit | {"backbone": "alexnet", "method": "mgah"}),
        ("fit", fit | {"backbone": "alexnet", "method": "itq"}),
        ("fit", fit | {"dataset": "imagenet", "backbone": "alexnet_rest", "method": "mgah"}),
        ("fit_sweep", {"sweep": "latent", "split": "standard", "seed": "0"}),
        ("score_codes", fit),
        ("sample_graphs", fit | {"backbone": "alexnet", "method": "mgah", "bits": "32"}),
        ("show_gallery", {}),
        ("all", {}),
    ]
    assert wanted(config, jobs) == {
        "datasets": [["awa2", {}], ["imagenet", {}], ["cifar10", {}]],
        "backbones": [["alexnet", "weights", {}], ["googlenet", "weights", {}]],
        "semantics": [["word2vec", {"downloader": "word2vec-google-news-300"}]],
        "pretraining": [["imagenet/train"]],
        "leaks": [[]],
        "modules": [],
    }


def test_methods_from_outside_are_among_what_is_asked_for(tmp_path, monkeypatch):
    file = tmp_path / "own.py"
    file.write_text(text_of("method", "own"))
    monkeypatch.setenv(registry.VARIABLE, str(file))
    own = {"own": {}, "own_2": {"method": "own", "label": "2"}}
    config = load("small")
    config["methods"] |= own
    fit = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec", "split": "three", "seed": "0"}
    jobs = [("fit", fit | {"method": name}) for name in ("itq", "own", "own_2")]
    assert wanted(config, [*jobs, ("render_table", {"name": "table1"})])["modules"] == [["methods", "own"]]


def test_pixels_have_learned_no_classes_to_mark():
    assert wanted(load("small"), [("mark_leaks", {"dataset": "digits", "backbone": "pixels"})])["leaks"] == []


@pytest.mark.parametrize(
    ("block", "marked"),
    [
        ({"backbone": "torchvision:resnet18"}, True),
        ({"backbone": "torchvision:vit_h_14.IMAGENET1K_SWAG_E2E_V1"}, False),
        ({"backbone": "torchvision:resnet18", "weights": "own.safetensors"}, False),
        (
            {
                "backbone": "torchvision:resnet18",
                "weights": "own.safetensors",
                "options": {"trained_on": "imagenet1k"},
            },
            True,
        ),
    ],
)
def test_wordnet_is_needed_where_the_training_classes_of_a_named_network_are_known(block, marked):
    config = load("cpu")
    config["backbones"]["mine"] = block
    needs = wanted(config, [("mark_leaks", {"dataset": "cifar10", "backbone": "mine"})])["leaks"]
    assert needs == ([[]] if marked else [])


def test_the_cpu_run_covers_the_three_datasets_and_both_tables():
    config = load("cpu")
    assert {experiment["dataset"] for experiment in config["experiments"]} == {
        "cifar10",
        "awa2_mini",
        "imagenet_mini",
    }
    assert {experiment["backbone"] for experiment in config["experiments"]} == {"efficientnet_lite0"}
    for experiment in config["experiments"]:
        assert {"itq", "mgah", "doph"} <= set(experiments.methods_of(config, experiment))
    assert {"table1", "table2"} <= set(config["outputs"]["tables"]) and "figure3" in config["outputs"][
        "figures"
    ]


def test_each_deep_method_chooses_among_as_many_settings():
    config = load("chosen")
    chosen = {name: entry for name, entry in config["methods"].items() if "choose" in entry}
    assert {entry["method"] for entry in chosen.values()} == {"dhn", "dnnh", "sitnet", "doph", "mgah"}
    features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
    semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
    for entry in chosen.values():
        defaults = components.method_entry(config, entry["method"], "cifar10", "efficientnet_lite0")
        variants = grid_variants(
            entry["method"], defaults["parameters"], entry["choose"], config["selection"]["trials"]
        )
        assert len(variants) == 5 and [variant.parameters for variant in variants[1:]] == entry["choose"][0]
        for variant in variants:
            short = variant.parameters | {"epochs": 2, "trunk": 16, "n_bits": 8, "device": "cpu"}
            method = registry.build("methods", entry["method"], **defaults["parameters"] | short)
            assert method.fit(features, labels, semantics).encode(features).shape == (40, 8)


def test_readings_of_the_graph_are_all_tried_where_the_network_is_trained():
    config = load("regimes_chosen")
    entry = components.method_entry(config, "mgah_chosen", "cifar10", "lite0_64")
    [readings] = config["methods"]["mgah_chosen"]["choose"]
    variants = grid_variants("mgah", entry["parameters"], [readings], config["selection"]["trials"])
    assert len(variants) == 7 and [variant.parameters for variant in variants[1:]] == readings
    assert entry["parameters"]["trainable"] == "all" and config["selection"]["draws"] == 1
    # on frozen features each is a row as well, and is set against MGAH without a graph
    assert config["methods"]["mgah_chosen_frozen"]["choose"] == [readings]
    rows = [block.get("parameters") for block in config["methods"].values()]
    assert all(reading in rows for reading in readings)
    compared = [config["methods"][contrast["method"]] for contrast in config["contrasts"]]
    assert all(reading in [block.get("parameters") for block in compared] for reading in readings)
    # and two of them end to end, each against MGAH without a graph that is trained as they are
    trained = {
        name: block["parameters"] for name, block in config["methods"].items() if "trained" in name.split("_")
    }
    assert [{**entry["parameters"], **reading} in trained.values() for reading in readings].count(True) == 2
    assert trained["no_graph_trained"] == {**entry["parameters"], "lambda_": 1.0}
    for contrast in config["contrasts"]:
        end_to_end = contrast["method"] == "mgah" or contrast["method"] in trained
        assert contrast["against"] == ["no_graph_trained" if end_to_end else "no_graph"]


def test_the_cpu_run_has_ten_splits_of_each_dataset_without_a_class_in_two_of_them():
    config = load("cpu")
    assert [len(block["splits"]) for block in config["datasets"].values()] == [10, 10, 10]
    folds = [f"fold{number}of10" for number in range(10)]
    assert config["datasets"]["awa2_mini"]["splits"] == config["datasets"]["imagenet_mini"]["splits"] == folds
    studied = [block["dataset"] for block in config["ablation"]["experiments"]]
    assert sorted(studied) == ["awa2_mini", "cifar10"]
    assert all(len(block["splits"]) == 10 for block in config["ablation"]["experiments"])
    swept = {sweep["dataset"] for sweep in config["sweeps"].values() if "alpha" in sweep["vary"]}
    assert swept == {"awa2_mini", "cifar10"}


def test_the_published_grid_has_the_paper_s_nine_methods_in_one_setting_and_takes_less_than_60_gb():
    config = load("paper")
    nine = {"itq", "imh", "ksh", "sdh", "dhn", "dnnh", "tsk", "sitnet", "mgah"}
    jobs = [("store_images", {"dataset": name}) for name in config["datasets"]]
    for setting in experiments.settings_of(config):
        methods = experiments.methods_of(config, setting)
        if setting["backbone"] != "googlenet":
            assert nine <= set(methods)
        jobs.append(("extract_features", setting))
        jobs += [
            ("fit", setting | {"method": method, "split": split, "seed": str(seed)})
            for method in methods
            for split, seed in {cell[:2] for cell in experiments.cells_of(config, setting, method)}
        ]
    found = cost.cost_of(config, jobs)
    assert 40e9 < found.stored.total() < 60e9
    # four methods on AlexNet and MGAH on GoogLeNet, at four code lengths on twelve splits with three seeds
    assert found.networks == 5 * 4 * 12 * 3
    assert found.trained_images == found.networks * 10 * 10_000
    assert not found.unknown


@pytest.mark.parametrize(("outputs", "expected"), [(["table1"], 0), (["claims"], 1), (["figure4"], 1)])
def test_graphs_are_of_a_whole_run_whose_outputs_read_them(outputs, expected):
    config = load("small")
    config["outputs"] = {
        "tables": [name for name in outputs if name != "figure4"],
        "figures": [name for name in outputs if name == "figure4"],
    }
    assert [rule for rule, _ in whole_run.jobs(config)].count("sample_graphs") == expected


def test_a_dry_run_shows_a_job_in_a_line_and_what_the_run_will_take(dry_run):
    lines = dry_run.splitlines()
    assert len(lines) < 12_000
    assert sum(line.startswith("fit ") for line in lines) == JOBS["fit"] + 2  # and the rows of the two tables
    (told,) = [line for line in lines if line.startswith("Disk: ")]
    assert "GB of images" in told and "are trained along" in told
