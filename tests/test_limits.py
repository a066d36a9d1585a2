"""A dry run knows which values a component refuses, from its source alone."""

import math
import textwrap

import numpy as np
import pytest

from mgah import limits, registry
from mgah.errors import InputError
from mgah.limits import number_hint
from mgah.registry.limits import expected

pytestmark = pytest.mark.slow

METHODS = registry.names("methods")
#: Parameters that the data decides, and arrays.
OTHERS = {"network", "network_options", "weights", "n_bits", "random_state"}


def refused(name, **given):
    return expected(registry.find("methods", name), given)


@pytest.mark.parametrize("name", METHODS)
def test_defaults_fit(name):
    method = registry.build("methods", name)
    assert expected(registry.find("methods", name), method.get_params()) == {}


@pytest.mark.parametrize("name", METHODS)
def test_text_for_a_number_is_refused_by_every_method(name):
    method = registry.build("methods", name)
    numbers = {
        key: "fast"
        for key, value in method.get_params().items()
        if isinstance(value, int | float) and key not in OTHERS
    }
    assert refused(name, **numbers).keys() == numbers.keys()


@pytest.mark.parametrize("name", METHODS)
def test_what_is_refused_before_the_first_job_is_refused_by_the_method(name):
    """One parameter at a time at values that some method refuses."""
    features = np.random.default_rng(0).random((160, 16), np.float32)
    labels = np.repeat(np.arange(4), 40)
    count = 0
    for key, default in registry.build("methods", name).get_params().items():
        for value in (-1, 0, 1.5, float("nan"), float("inf"), "centre", [1], None, True):
            if key in OTHERS or type(value) is type(default) is str or not refused(name, **{key: value}):
                continue
            method = registry.build("methods", name, n_bits=8, **{key: value})
            if key == "device":  # only what computes on it looks at it
                continue
            with pytest.raises(InputError, match=key):
                method._check_parameters(features, labels)
            count += 1
    assert count or set(registry.build("methods", name).get_params()) <= OTHERS


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("dhn", {"lr": float("nan")}, "a number above 0"),
        ("dhn", {"epochs": 0}, "an integer of 1 or more, below 2^63"),
        ("dhn", {"steps": 0}, "an integer of 1 or more, below 2^63"),
        ("dhn", {"feature_scaling": "centre"}, "one of none, center, standardize"),
        ("doph", {"alpha": -1}, "a number from 0 to inf"),
        ("doph", {"alpha": 10**400}, "a number from 0 to inf that 64 bits hold, below 1.8e308"),
        ("doph_linear", {"ridge_features": 0}, "a number from 1e-09 to inf"),
        ("mgah", {"delta": 3}, "two numbers from 1e-09 to 1e+30, first and last"),
        ("mgah", {"delta_growth": "square"}, "one of linear, root"),
        ("mgah", {"detach_neighbors": "no"}, "True or False (true or false in YAML, without quotes)"),
        ("sdh", {"sigma": -1}, "a number from 1e-150 to 1e+150"),
        ("ksh", {"n_labeled": 1}, "an integer of 2 or more, below 2^63"),
    ],
)
def test_values_are_refused_with_what_is_expected(name, given, words):
    assert refused(name, **given) == {next(iter(given)): words}


@pytest.mark.parametrize(
    ("name", "given"), [("dhn", {"steps": None}), ("sdh", {"sigma": "mean"}), ("ksh", {"n_labeled": None})]
)
def test_what_a_condition_lets_through_is_let_through(name, given):
    assert refused(name, **given) == {}


@pytest.mark.parametrize(
    ("kind", "name", "given", "words"),
    [
        ("datasets", "arrays", {"classes": [0, 1, 2]}, "a list of texts"),
        ("datasets", "arrays", {"classes": ["ant", False]}, "a list of texts"),
        ("datasets", "arrays", {"classes": "abc"}, "a list of texts"),
        ("datasets", "arrays", {"classes": ["ant", "bee", "ant"]}, "a list without one text twice"),
        ("datasets", "arrays", {"synsets": {0: "cat.n.01"}}, "a mapping of texts to texts"),
        ("datasets", "class_folders", {"parts": "train"}, "a list of texts"),
        ("datasets", "class_folders", {"synsets": ["cat.n.01"]}, "a mapping of texts to texts"),
        ("semantics", "sentences", {"template": ["a {}", 1]}, "text or a list of texts"),
    ],
)
def test_lists_and_mappings_of_texts_are_refused_with_what_is_expected(kind, name, given, words):
    found = expected(registry.find(kind, name), given)
    assert found.keys() == given.keys() and found[next(iter(given))].startswith(words)


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        ("datasets", "arrays", {"classes": ["ant", "bee"], "synsets": {"ant": "ant.n.01"}, "labels": None}),
        ("datasets", "arrays", {"classes": [], "synsets": None}),
        ("datasets", "class_folders", {"parts": ["train", "val"]}),
        ("semantics", "sentences", {"template": "a {}"}),
        ("semantics", "sentences", {"template": ["a {}", "the {}"]}),
    ],
)
def test_lists_and_mappings_of_texts_are_let_through(kind, name, given):
    assert expected(registry.find(kind, name), given) == {}


def test_a_method_of_ones_own_is_read_as_well(tmp_path, monkeypatch):
    file = tmp_path / "own.py"
    file.write_text(
        textwrap.dedent(
            """
            from mgah.methods.base import HashingMethod

            HIGHEST = 2

            class Own(HashingMethod):
                def __init__(self, *, n_bits: int = 32, random_state: int = 0, share: float = 0.5, kind: str = "a"):
                    raise AssertionError("this is run")

                def _check_parameters(self, features, labels):
                    super()._check_parameters(features, labels)
                    self._check_bounds({"share": (0, HIGHEST)})
                    self._check_bounds({"share": (0, features.max())})
                    bounds = {"share": (0, 1)}
                    self._check_bounds(bounds)
                    self._check_bounds({name: (0, 1) for name in self.get_params()})

                def _fit(self, features, labels, semantics): ...

                def _encode(self, features): ...
            """
        )
    )
    monkeypatch.setenv(registry.VARIABLE, str(file))
    assert expected(registry.find("methods", "own"), {"share": 3, "kind": 3}) == {
        "share": "a number from 0 to 2",
        "kind": "text",
    }


@pytest.mark.parametrize(
    ("text", "hint"),
    [("1e-4", "write 0.0001"), ("1e-9", "write 1.0e-09"), ("08", "write 8"), ("1e3", "write 1000")],
)
def test_numbers_that_yaml_reads_as_text_are_written_as_numbers(text, hint):
    assert hint in number_hint(text)
    assert number_hint("fast") == number_hint(3) == number_hint("nan") == ""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_numbers_of_numpy_are_finite_or_refused(kind):
    assert limits.bounded(kind(0.5), (0, math.inf)) == ""
    assert limits.pair([kind(1), kind(2)], (1, 5)) == ""
    for value in (kind("inf"), kind("nan"), -kind("inf")):
        assert limits.bounded(value, (-math.inf, math.inf))
