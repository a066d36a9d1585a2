"""What the jobs that train are told: where a sweep lies, and which modules a job runs."""

import pytest
import yaml

from mgah.training.__main__ import JOBS
from workflow import fingerprint, settings
from workflow.components import method_entry, trains_backbone
from workflow.training import place_of, training_modules

PLACE = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec", "split": "three", "seed": "0"}


@pytest.fixture(scope="module")
def config():
    return settings.checked(yaml.safe_load((settings.SCHEMA.parent / "small.yaml").read_text()))


def runs(config, job, method, module):
    """Whether a job of ``method`` runs ``module``, itself or through what it imports."""
    entries = training_modules(config, job, PLACE | {"method": method})
    return any(fingerprint.imports(entry, module) for entry in entries)


def test_a_sweep_lies_where_its_block_says(config):
    asked = {"sweep": "sizes", "split": "three", "seed": "0"}
    assert place_of(config, asked) == PLACE | {"method": "mgah", "sweep": "sizes"}
    assert place_of(config, PLACE | {"method": "itq"}) == PLACE | {"method": "itq"}


def test_only_a_fit_of_chosen_parameters_runs_the_reader_of_choices(config):
    reader = "mgah/training/choice.py"
    assert runs(config, "fit", "dhn_chosen", reader) and runs(config, "choose", "dhn_chosen", reader)
    assert not any(runs(config, "fit", method, reader) for method in ("itq", "dhn", "mgah", "mgah_3"))
    assert not runs(config, "sweep", "mgah", reader) and not runs(config, "graphs", "mgah", reader)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_runs_its_own_module_and_its_method(config, job):
    assert runs(config, job, "mgah", f"mgah/training/{job}.py")
    assert runs(config, job, "mgah", "mgah/methods/mgah/losses.py")
    others = {"choose": "pseudo_unseen", "sweep": "variants", "graphs": "graphs"}
    assert [
        other for other in others if runs(config, "fit", "mgah", f"mgah/training/{others[other]}.py")
    ] == []


def test_a_backbone_that_is_trained_along_counts(config):
    methods = config["methods"] | {"end_to_end": {"method": "mgah", "parameters": {"trainable": "all"}}}
    config = config | {"methods": methods, "backbones": {"pixels": {"backbone": "alexnet"}}}
    network = "mgah/backbones/alexnet.py"
    assert runs(config, "fit", "end_to_end", network)
    assert not runs(config, "fit", "mgah", network)


def test_only_methods_that_train_the_backbone_start_at_its_weights(config):
    methods = config["methods"] | {
        f"mgah_{trainable}": {"method": "mgah", "parameters": {"trainable": trainable}}
        for trainable in ("none", "head", "tail", "all")
    }
    config = config | {"methods": methods}
    entries = {name: method_entry(config, name, PLACE["dataset"], PLACE["backbone"]) for name in methods}
    found = [name for name, entry in entries.items() if trains_backbone(entry)]
    assert found == ["mgah_tail", "mgah_all"]
