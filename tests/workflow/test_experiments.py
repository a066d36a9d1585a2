"""What is run in which setting, and variants of datasets and class semantics."""

import copy

import pytest
import yaml

from mgah.errors import InputError
from workflow import components, experiments, settings


@pytest.fixture
def config():
    return yaml.safe_load((settings.SCHEMA.parent / "small.yaml").read_text())


def test_experiments_name_their_own_splits_seeds_bits_and_methods_and_share_a_setting(config):
    line = {"reference_lines": ["cosine"]}
    config["experiments"] = [
        {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec", "bits": [32]} | line,
        {
            **{"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"},
            **{"methods": ["mgah", "itq"], "bits": [8, 16], "splits": ["seven"], "seeds": [1]},
        },
    ]
    checked = settings.checked(config)
    (setting,) = experiments.settings_of(checked)
    assert experiments.methods_of(checked, setting) == list(config["methods"])
    cells = list(experiments.cells_of(checked, setting, "itq"))
    assert cells == [
        *[(split, 0, 32) for split in ("three", "seven", "zero+eight")],
        *[("seven", 1, 8), ("seven", 1, 16)],
    ]
    fit = setting | {"method": "mgah", "split": "seven"}
    assert experiments.bits_of_fit(checked, fit | {"seed": "1"}) == [8, 16]
    # the ablation of the config is on split three, at its four code lengths
    assert experiments.bits_of_fit(checked, fit | {"split": "three", "seed": "0"}) == [8, 16, 32, 48]
    assert experiments.bits_of_fit(checked, fit | {"split": "three", "method": "mgah_3", "seed": "0"}) == [
        8,
        16,
        32,
        48,
    ]


def test_two_forms_of_a_dataset_and_of_its_semantics_share_a_run(config):
    other = copy.deepcopy(config["datasets"]["digits"]) | {"dataset": "digits"}
    other["semantics"] = {"vectors": {"source": "word2vec", "builtin": "digits"}}
    config["datasets"]["again"] = other
    setting = {"dataset": "again", "backbone": "pixels", "semantics": "vectors"}
    config["experiments"].append(setting | {"reference_lines": ["cosine"]})
    checked = settings.checked(config)
    assert components.dataset_module(checked, "again") == "digits"
    assert components.source_of(checked, "again", "vectors") == ("word2vec", {"builtin": "digits"})
    other["semantics"]["vectors"]["file"] = "a.txt"
    other["semantics"]["vectors"]["sources"] = 1
    with pytest.raises(InputError, match=r"datasets\.again\.semantics: .*no option 'sources'"):
        settings.checked(config)


def test_networks_are_kept_as_the_config_says(config):
    checked = settings.checked(config | {"keep_models": {"bits": [32], "seeds": [0]}})
    fit = {"method": "mgah", "seed": "0"}
    assert components.kept_models(checked, fit, [8, 32]) == [32]
    assert components.kept_models(checked, fit | {"seed": "1"}, [8, 32]) == []
    assert components.kept_models(checked, fit | {"method": "mgah_3"}, [8, 32]) == []
    assert components.kept_models(settings.checked(config), fit, [8, 32]) == [8, 32]


@pytest.mark.slow
def test_real_query_values_need_all_models(config):
    asked = config | {"measures": {"asymmetric": True}}
    assert settings.checked(asked)["measures"] == {"ranks": [], "precision_ranks": [], "asymmetric": True}
    settings.checked(asked | {"keep_models": {"bits": config["bits"], "seeds": config["seeds"]}})
    for kept, words in ({"bits": [8, 16]}, "32 bits with seed 0"), ({"seeds": [1]}, "8 bits with seed 0"):
        with pytest.raises(InputError, match=rf"keep_models: the model of itq at {words} in .* is not kept"):
            settings.checked(asked | {"keep_models": kept})


def test_reference_lines_are_those_that_an_experiment_names(config):
    checked = settings.checked(config)
    lines = [experiments.reference_lines(checked, setting) for setting in experiments.settings_of(checked)]
    assert lines == [["cosine"], [], []]
    assert "cosine" not in experiments.methods_of(checked, checked["experiments"][0])
