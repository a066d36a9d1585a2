"""Which networks' features are scored, and what of the config key is refused before any job."""

import copy

import pytest

from mgah.errors import InputError
from tests.workflow.test_setting import CONFIG, SETTING
from tests.workflow.test_settings import set_key
from workflow import cost, fingerprint, settings, trained_features


@pytest.fixture
def config(tiny_network):
    return copy.deepcopy(CONFIG)


def test_fits_are_those_of_methods_that_train_the_backbone_at_these_lengths(config):
    checked = settings.checked(config)
    found = trained_features.fits(checked)
    assert found == [
        SETTING | {"method": method, "split": split, "seed": "0"}
        for method, split in (("mgah", "three"), ("mgah", "seven"), ("mgah_tail", "seven"))
    ]
    assert all(trained_features.scored_bits(checked, fit) == [4] for fit in found)
    both = settings.checked(
        config
        | {"keep_models": {}, "trained_features": {"methods": ["mgah"], "refit": ["itq"], "bits": [8, 4]}}
    )
    lengths = {fit["split"]: trained_features.scored_bits(both, fit) for fit in trained_features.fits(both)}
    assert lengths == {"three": [4], "seven": [4, 8]}


def test_the_default_length_is_that_nearest_to_32_and_the_key_may_be_missing(config):
    asked = {"methods": ["mgah"], "refit": ["itq"]}
    checked = settings.checked(config | {"keep_models": {}, "trained_features": asked})
    assert checked["trained_features"] == asked | {"bits": [8]}
    config["outputs"]["tables"].remove("trained_features")
    del config["trained_features"]
    assert trained_features.fits(settings.checked(config)) == []


def test_the_default_length_is_one_that_all_asked_methods_have_of_their_own(config):
    asked = {"methods": ["mgah", "mgah_tail"], "refit": ["itq"]}
    config |= {"keep_models": {}, "trained_features": asked}
    assert settings.checked(config)["trained_features"]["bits"] == [4]  # mgah alone has 8 bits as well


def test_refits_have_the_parameters_of_their_entries(config):
    checked = settings.checked(config)
    assert trained_features.refits(checked, SETTING) == {
        "itq": {"method": "itq", "label": None, "parameters": {}},
        "itq_l2": {"method": "itq", "label": "ITQ-L2", "parameters": {"normalize": True}},
    }


@pytest.mark.slow
def test_a_job_runs_the_module_of_each_of_its_methods_and_of_the_backbone(config):
    checked = settings.checked(config)
    fit = trained_features.fits(checked)[0]
    files = trained_features.modules(checked, fit)
    for module in ("mgah/methods/mgah/losses.py", "baselines/itq.py", "tests/fixtures/tiny.py"):
        assert any(fingerprint.imports(file, module) for file in files), module
    assert not any(fingerprint.imports(file, "baselines/ksh.py") for file in files)


def test_the_estimate_counts_the_images_that_pass_through_the_networks(config):
    checked = settings.checked(config)
    jobs = [("score_trained_features", fit) for fit in trained_features.fits(checked)]
    assert cost.cost_of(checked, jobs).encoded_images == 3 * 1797


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "trained_features.methods",
            ["lsh"],
            r"trained_features\.methods: there is no method among methods 'lsh'",
        ),
        (
            "trained_features.refit",
            ["lsh"],
            r"trained_features\.refit: there is no method among methods 'lsh'",
        ),
        (
            "trained_features.methods",
            ["mgah", "mgah_frozen"],
            r"trained_features\.methods: mgah_frozen trains the backbone in no experiment, expected methods with",
        ),
        (
            "trained_features.refit",
            ["mgah_tail"],
            r"trained_features\.refit: mgah_tail trains the backbone, expected",
        ),
        (
            "methods.itq.choose",
            [[{"iterations": 9}]],
            r"trained_features\.refit: parameters of itq are chosen on each split, expected a method without choose",
        ),
        (
            "trained_features.bits",
            [4, 16],
            r"trained_features\.bits: mgah is not run at 16 bits in digits / tiny / vectors, expected among 4, 8",
        ),
        (
            "trained_features.bits",
            [8],
            r"trained_features\.bits: mgah_tail is not run at 8 bits in digits / tiny / vectors, expected among 4",
        ),
        (
            "keep_models",
            {"bits": [8]},
            r"keep_models: the model of mgah at 4 bits with seed 0 in digits / tiny / vectors is not kept, expected",
        ),
        ("keep_models", {"seeds": [1]}, r"keep_models: the model of mgah at 4 bits with seed 0"),
        ("trained_features", {"methods": ["mgah"]}, r"trained_features: 'refit' is a required property"),
        ("trained_features.refit", [], r"trained_features\.refit"),
        ("trained_features.networks", ["mgah"], r"trained_features.*'networks' was unexpected"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(config, path, value, words):
    set_key(config, path, value)
    with pytest.raises(InputError, match=words):
        settings.checked(config)


@pytest.mark.slow
def test_a_table_of_them_needs_the_key(config):
    del config["trained_features"]
    with pytest.raises(
        InputError,
        match=r"outputs\.tables: trained_features shows scores on trained features and the config asks for",
    ):
        settings.checked(config)
