"""The settings tried: the default, then a seeded draw from the grid."""

import pytest

from mgah.errors import InputError
from mgah.training.candidates import candidates

AXES = [
    [{"scale": 1.0}, {"scale": 10.0, "inner_product": "mean"}],
    [{"pair_weights": "none"}, {"pair_weights": "balanced"}],
]


def test_a_candidate_takes_one_setting_of_every_axis_and_the_default_comes_first():
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


def test_an_unknown_parameter_is_named():
    with pytest.raises(InputError, match="'dhn' does not take the parameters"):
        candidates("dhn", {}, [[{"scales": 1.0}]], 3)
