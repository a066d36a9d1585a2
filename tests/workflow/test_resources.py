"""What jobs ask nodes for: more than the published runs measured, and in proportion to what they compute."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT
from workflow import resources, settings

PLACE = {"semantics": "attributes", "split": "standard", "seed": "0"}
AWA2 = PLACE | {"dataset": "awa2", "backbone": "alexnet"}


def load(name: str) -> dict:
    return settings.checked(yaml.safe_load((settings.SCHEMA.parent / f"{name}.yaml").read_text()))


def measured(name: str):
    """Rule, wildcards, minutes and MB of every fit and evaluation of a published run.

    On a machine that did other work at the same time a job took longer than its own time, which is then the measure.
    """
    table = pd.read_csv(ROOT / f"results/published/{name}/benchmarks.csv.xz", dtype={"seed": str})
    jobs = table[table["stage"].isin(["hashing", "evaluation"]) & table["dataset"].notna()]
    for job in jobs.itertuples():
        rule = {"hashing": "fit", "evaluation": "score_codes"}[job.stage]
        rule = "score_features" if job.method == "cosine" else rule
        place = {key: getattr(job, key) for key in (*PLACE, "dataset", "backbone", "method")}
        own = job.seconds if np.isnan(job.cpu_seconds) else min(job.seconds, job.cpu_seconds)
        yield rule, place, own / 60, job.peak_mib * 2**20 / 1e6


@pytest.mark.parametrize("name", ["regimes", "small", "cpu"])
def test_jobs_ask_for_more_than_the_published_runs_measured(name):
    config, jobs = load(name), list(measured(name))
    assert len(jobs) > 30
    for rule, place, minutes, memory in jobs:
        assert resources.minutes(config, rule, place) > minutes, place
        assert not resources.memory(config, rule, place) <= memory, place  # some were not measured: nan


def test_a_network_that_is_trained_takes_time_and_memory_by_its_pixels_and_images():
    config = load("regimes")
    small = {"dataset": "cifar10", "backbone": "lite0_64", "semantics": "glove", "split": "cat", "seed": "0"}
    large = small | {"backbone": "lite0_128"}
    # 50,000 images in training and 60,000 encoded, at 0.025 and 0.005 s
    assert resources.minutes(config, "fit", small | {"method": "mgah"}) == 10 + 26
    found = [resources.memory(config, "fit", place | {"method": "mgah"}) for place in (small, large)]
    assert found[1] - found[0] == 3 * 700
    frozen = resources.memory(config, "fit", small | {"method": "mgah_frozen"})
    # 60,000 images of 1,280 values of 4 bytes, twice
    assert frozen == 2000 + round(2 * 307.2)
    assert resources.memory(config, "fit", small | {"method": "itq"}) == frozen - 1000


def test_a_tail_takes_time_and_memory_by_its_maps():
    config = load("tail")
    place = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "word2vec", "split": "deer"}
    fit = place | {"seed": "0", "method": "mgah_tail"}
    # the published run took 0.27 hours for its five fits, of which two train a tail, and 3,465 MiB for the largest job
    assert 16 / 2 * 1.5 < resources.minutes(config, "fit", fit) - 10 < 16 / 2 * 3
    assert 3_465 * 2**20 / 1e6 < resources.memory(config, "fit", fit) < 2 * 3_465
    maps = 60_000 * 9_408 * 2 / 1e6
    assert resources.memory(config, "extract_maps", place, threads=4) == round(2000 + maps + 500 * 4)


def test_a_gpu_shortens_what_trains_a_network_and_takes_memory_of_its_libraries():
    config = load("paper")
    fit = AWA2 | {"method": "mgah"}
    alone, helped = (resources.minutes(config, "fit", fit, gpus) for gpus in (0, 1))
    assert 25 < (alone - 10) / (helped - 10) < 35
    assert resources.memory(config, "extract_features", AWA2, threads=1, gpus=1) == 6000
    assert resources.memory(config, "extract_features", AWA2, threads=16) == 2000 + 8000 + round(
        37_322 * 4096 * 4e-6
    )


def test_studies_ask_for_the_time_of_all_their_fits():
    config = load("paper")
    fit = AWA2 | {"method": "mgah"}
    four_lengths = resources.minutes(config, "fit", fit) - 10
    assert resources.minutes(config, "sample_graphs", fit | {"bits": "32"}) - 10 == four_lengths
    one_length = four_lengths / 4
    eleven_values = resources.minutes(config, "fit_sweep", fit | {"sweep": "alpha"}) - 10
    assert eleven_values == pytest.approx(11 * one_length, abs=6)
    chosen = AWA2 | {"method": "dhn_chosen"}
    one_length = (resources.minutes(config, "fit", chosen) - 10) / 4
    assert resources.minutes(config, "choose", chosen) - 10 == pytest.approx(9 * 3 * one_length, abs=10)


def test_a_choice_and_the_fit_after_it_ask_for_the_time_of_longer_settings():
    config = load("paper")
    place = AWA2 | {"method": "dhn_chosen"}

    def seconds(rule):
        return 60 * (resources.minutes(config, rule, place) - 10)

    # 10,000 images at 0.0004 s in 10 epochs, and 37,322 codes at 0.0001 s
    default, codes = 10_000 * 4e-4, 37_322 * 1e-4
    config["methods"]["dhn_chosen"]["choose"] = [[{"epochs": 100}, {"epochs": 400}, {"scale": 10.0}]]
    assert seconds("choose") == pytest.approx(3 * ((10 + 100 + 400 + 10) * default + 4 * codes), abs=30)
    assert seconds("fit") == pytest.approx(4 * (400 * default + codes), abs=30)
    config["selection"]["trials"] = 2
    assert seconds("choose") == pytest.approx(3 * ((10 + 400) * default + 2 * codes), abs=30)
    config["sweeps"]["alpha"]["vary"] = {"epochs": [100, 400]}
    place = AWA2 | {"method": "mgah_frozen", "sweep": "alpha"}
    assert seconds("fit_sweep") == pytest.approx(500 * default + 2 * codes, abs=30)


def test_studies_ask_for_the_time_of_scoring_all_their_codes():
    config = load("cpu")
    place = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "glove"}
    variants = 1 + len(config["ablation"]["variants"])
    assert variants == 11
    # ten splits with three seeds at four lengths, and 6 s for 60,000 images
    assert resources.minutes(config, "score_ablation", place) == 10 + variants * 10 * 3 * 4 * 6 // 60
    sweep = place | {"method": "mgah", "sweep": "sensitivity_cifar10"}
    assert resources.minutes(config, "score_sweep", sweep) == 10 + (6 + 11 + 11) * 10 * 6 // 60


def test_training_images_are_held_as_they_are_stored():
    config = load("regimes")
    place = {"dataset": "cifar10", "backbone": "lite0_64", "semantics": "glove", "split": "cat", "seed": "0"}
    before = resources.memory(config, "fit", place | {"method": "mgah"})
    config["datasets"]["cifar10"] |= {"image_size": 256, "training": 40_000}
    more = resources.memory(config, "fit", place | {"method": "mgah"}) - before
    assert more == pytest.approx(2 * 3 * (256**2 * 40_000 - 32**2 * 10_000) / 1e6, abs=1)


def test_what_does_not_state_its_size_counts_as_large():
    """Images of one's own and networks of other packages; of features of one's own a config says how many values."""
    config = load("small")
    config["datasets"]["own"] = config["datasets"]["digits"] | {"dataset": "arrays"}
    place = {"dataset": "own", "backbone": "vectors", "semantics": "word2vec"}
    assert resources.memory(config, "score_features", place) == 1000 + round(3 * 100_000 * 512 * 4e-6)
    for block, values in (({"options": {"dimension": 64}}, 64), ({"backbone": "torchvision:resnet50"}, 2048)):
        config["backbones"]["vectors"] = block
        assert resources.memory(config, "score_features", place) == 1000 + round(3 * 100_000 * values * 4e-6)


def test_every_rule_with_a_command_asks_by_its_own_name():
    asked = {}
    for file in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for block in re.split(r"^(?=(?:use )?rule )", file.read_text(), flags=re.MULTILINE)[1:]:
            if "\n    shell:" in block or "asks(" in block:
                name = re.match(r"(?:use rule \w+ as |rule )(\w+)", block)[1]
                asked[name] = set(re.findall(r'\b(?:asks|joined)\((?:"\w+", )?"(\w+)"', block))
    assert len(asked) > 20
    assert {name: rules for name, rules in asked.items() if rules != {name}} == {}
