"""Variants of a method: of a grid the default, then a seeded draw; of a sweep one a value."""

import pytest

from mgah import registry
from mgah.errors import InputError
from mgah.training.variants import Variant, grid_variants, sweep_variants

AXES = [
    [{"scale": 1.0}, {"scale": 10.0, "inner_product": "mean"}],
    [{"pair_weights": "none"}, {"pair_weights": "balanced"}],
]


def candidates(method, parameters, axes, trials):
    return [variant.parameters for variant in grid_variants(method, parameters, axes, trials)]


def test_a_variant_of_a_grid_takes_one_entry_of_every_axis_and_the_default_comes_first():
    assert candidates("dhn", {}, AXES, 9) == [
        {},
        {"scale": 1.0, "pair_weights": "balanced"},
        {"scale": 10.0, "inner_product": "mean", "pair_weights": "none"},
        {"scale": 10.0, "inner_product": "mean", "pair_weights": "balanced"},
    ]


def test_what_the_config_sets_is_the_default():
    tried = candidates("dhn", {"pair_weights": "balanced"}, AXES, 9)
    assert tried[0] == {}
    assert {"scale": 1.0, "pair_weights": "balanced"} not in tried
    assert {"scale": 1.0, "pair_weights": "none"} in tried


def test_a_draw_is_without_repetition_and_the_same_each_time():
    every = candidates("dhn", {}, AXES, 9)
    drawn = candidates("dhn", {}, AXES, 3)
    assert drawn == candidates("dhn", {}, AXES, 3)
    assert len(drawn) == 3
    assert [every.index(setting) for setting in drawn] == sorted({every.index(s) for s in drawn})


def test_a_setting_that_is_the_default_or_another_one_is_no_trial():
    """Lists of a config and tuples of a constructor's defaults are the same values."""
    beta = registry.build("methods", "mgah").get_params()["beta"]
    assert isinstance(beta, tuple)
    axis = [{"beta": list(beta)}, {"beta": [1, 10]}, {"beta": (1, 10)}, {"alpha": 0.5}, {"alpha": 0.5}]
    assert candidates("mgah", {}, [axis], 9) == [{}, {"beta": [1, 10]}, {"alpha": 0.5}]
    assert candidates("mgah", {"beta": [1, 10]}, [axis], 9) == [{}, {"beta": list(beta)}, {"alpha": 0.5}]


def test_a_parameter_on_two_axes_is_one_clear_error():
    with pytest.raises(InputError, match="'scale' on axes 0 and 1, expected each parameter on one axis"):
        candidates("dhn", {}, [[{"scale": 1.0}], [{"pair_weights": "none"}, {"scale": 10.0}]], 3)


def test_an_unknown_parameter_is_named():
    with pytest.raises(InputError, match="method dhn has no parameter 'scales'"):
        candidates("dhn", {}, [[{"scales": 1.0}]], 3)


def test_a_sweep_has_one_variant_a_value_and_one_of_all_code_lengths(make_job, inputs):
    job = make_job(inputs, "mgah", parameters={"alpha": 0.2})
    found = list(sweep_variants(job, "toys", {"alpha": [0, 0.5], "training": [30], "bits": [2, 3]}))
    toys = {"sweep": "toys"}
    alpha = toys | {"parameter": "alpha", "default": "0.2"}
    assert found == [
        Variant("alpha/0", {"alpha": 0}, fields=alpha | {"setting": "0"}),
        Variant("alpha/0.5", {"alpha": 0.5}, fields=alpha | {"setting": "0.5"}),
        Variant(
            "training/30",
            training=30,
            fields=toys | {"parameter": "training", "setting": "30", "default": "60"},
        ),
        Variant("bits", bits=(2, 3), fields=toys | {"parameter": "bits", "setting": None, "default": ""}),
    ]


def test_a_variant_changes_parameters_training_images_and_code_lengths_of_a_job(make_job, inputs):
    job = make_job(inputs, "mgah", parameters={"alpha": 0.2, "latent": 4})
    changed = Variant("a", {"alpha": 0.5}, training=30, bits=(2,), fields={"setting": None}).of(job)
    assert changed.parameters == {"alpha": 0.5, "latent": 4}
    assert changed.bits == (2,) and len(changed.inputs.split.training) == 30
    assert changed.cell(2)["setting"] == "2" and "setting" not in job.cell(4)
    assert (job.parameters, job.bits) == ({"alpha": 0.2, "latent": 4}, (4, 8)), "the job itself stays"
    assert Variant("b").of(job).bits == (4, 8)
