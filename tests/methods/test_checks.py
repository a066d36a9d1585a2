"""What a method gets and gives back: errors name it, and what it does not need may be left out."""

import numpy as np
import pandas as pd
import pytest
import torch

from mgah import registry
from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.methods.base import HashingMethod
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics
from tests.methods.conftest import N

TAGS = {name: registry.find("methods", name).tags for name in registry.names("methods")}


class Wrong(HashingMethod):
    """Returns what it is told to."""

    uses_labels = uses_semantics = False

    def __init__(self, *, n_bits: int = 8, random_state: int = 0, returned=None) -> None:
        self.n_bits, self.random_state, self.returned = n_bits, random_state, returned

    def _fit(self, features, labels, semantics) -> None:
        self.learned_ = features[0]

    def _encode(self, features):
        return self.returned(len(features))


RETURNED = {
    "nothing": (lambda n: None, "None"),
    "a list": (lambda n: [[1] * 8] * n, "list"),
    "a tensor": (lambda n: torch.ones(n, 8, dtype=torch.int8), "a torch.Tensor"),
    "too many bits": (lambda n: np.ones((n, 64), np.int8), r"int8 of shape \(160, 64\) with the values 1"),
    "too few rows": (lambda n: np.ones((n - 1, 8), np.int8), r"int8 of shape \(159, 8\) with the values 1"),
    "0 and 1": (lambda n: np.eye(n, 8, dtype=np.int8), r"int8 of shape \(160, 8\) with the values 0, 1"),
    "floats": (lambda n: np.ones((n, 8)), r"float64 of shape \(160, 8\) with the values 1.0"),
    "many values": (lambda n: np.arange(n * 8).reshape(n, 8), r"int64 .* with the values 0, 1, 2, 3, ..."),
}


@pytest.mark.parametrize("case", RETURNED.values(), ids=RETURNED)
def test_a_method_that_returns_no_codes_is_named_with_what_came_back(case, data):
    returned, words = case
    method = Wrong(returned=returned).fit(data[0])
    message = rf"Wrong: _encode returned {words}, expected int8 of shape \(160, 8\) of -1 and \+1"
    with pytest.raises(InputError, match=message):
        method.encode(data[0])


def test_codes_of_minus_and_plus_one_pass(data):
    assert Wrong(returned=lambda n: -np.ones((n, 8), np.int8)).fit(data[0]).encode(data[0]).shape == (N, 8)


def test_a_constructor_that_loses_a_parameter_is_named(data):
    class Losing(Wrong):
        def __init__(self, *, n_bits: int = 8, random_state: int = 0, strength: float = 1.0) -> None:
            self.n_bits, self.random_state = n_bits, random_state

    with pytest.raises(InputError, match="Losing: its constructor does not store the parameter strength"):
        Losing().fit(data[0])


def test_what_is_learned_and_no_array_is_refused_before_a_file_is_written(data, tmp_path):
    method = ITQ(n_bits=4).fit(data[0])
    method.solver_ = object()
    with pytest.raises(
        InputError, match=r"ITQ: what it learned in solver_ is no array of numbers \(object\)"
    ):
        save_model(tmp_path / "8.safetensors", "itq", method, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("name", TAGS)
def test_labels_and_semantics_may_be_left_out_where_the_class_does_not_use_them(name, data):
    features, labels, semantics = data
    tags = TAGS[name]
    method = registry.load("methods", name)(**{"n_bits": 6, "random_state": 0} | tags["quick_parameters"])
    if tags["uses_semantics"]:
        with pytest.raises(
            InputError, match=f"{type(method).__name__} learns from class semantics, which are"
        ):
            method.fit(features, labels)
        return
    expected = method.fit(*data).encode(features)
    names = np.array(semantics.names)[labels]
    assert list(semantics.names) == sorted(semantics.names)
    for given in ((labels,), (labels * 10 - 3,), (names.astype(object),), (names, semantics)):
        np.testing.assert_array_equal(method.fit(features, *given).encode(features), expected)
    if tags["uses_labels"]:
        with pytest.raises(InputError, match="learns from labels, which are missing"):
            method.fit(features)
    else:
        np.testing.assert_array_equal(method.fit(features).encode(features), expected)


NO_SEMANTICS = {
    "vectors": (np.eye(5), "a numpy.ndarray"),
    "text": ("class 0", "str"),
    "vectors by name": ({"class 0": [1.0, 0.0]}, "dict"),
    "the class itself": (ClassSemantics, "type"),
}


@pytest.mark.parametrize("case", NO_SEMANTICS.values(), ids=NO_SEMANTICS)
@pytest.mark.parametrize("name", ["itq", "sdh", "mgah"])
def test_what_is_no_class_semantics_is_refused_with_what_makes_them(name, case, data):
    given, kind = case
    message = rf"semantics are {kind}, expected .*: pass ClassSemantics\.from_vectors\(names, vectors\)"
    with pytest.raises(InputError, match=message):
        registry.build("methods", name, n_bits=4).fit(*data[:2], given)


def masked(values):
    return np.ma.masked_array(values, mask=np.arange(values.size).reshape(values.shape) == 1)


UNREADABLE = {
    "ragged features": (lambda x, y: ([[0.5, 1.0], [0.5]], [0, 1]), "features cannot be read as an array"),
    "ragged labels": (lambda x, y: (x, [[0], [0, 1]]), "labels cannot be read as an array"),
    "masked features": (lambda x, y: (masked(x), y), "features have masked values"),
    "masked labels": (lambda x, y: (x, masked(y)), "labels have masked values"),
    "labels of two kinds": (lambda x, y: (x, [*y[:-1].tolist(), "a"]), "labels are object of shape"),
}


@pytest.mark.parametrize("case", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_array_of_values_is_refused(case, data):
    change, words = case
    rows, labels = change(*data[:2])
    with pytest.raises(InputError, match=f"SDH: {words}"):
        registry.build("methods", "sdh", n_bits=4).fit(rows, labels)
    if "features" in words:
        with pytest.raises(InputError, match=f"ITQ: {words}"):
            registry.build("methods", "itq", n_bits=2).fit(data[0][:, :2]).encode(rows)


WAYS = {
    "lists": lambda x, y: (x.astype(float).tolist(), y.tolist()),
    "tensors with a gradient": lambda x, y: (torch.tensor(x, requires_grad=True), torch.tensor(y)),
    "pandas": lambda x, y: (pd.DataFrame(x), pd.Series(y, dtype="Int64")),
    "objects": lambda x, y: (x, y.astype(object)),
    "a mask of nothing": lambda x, y: (np.ma.masked_array(x), np.ma.masked_array(y)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_features_and_labels_in_any_way_give_the_same_codes(way, data):
    features, labels, semantics = data
    rows, classes = way(features, labels)
    method = registry.build("methods", "sdh", n_bits=4)
    expected = method.fit(features, labels, semantics).encode(features)
    np.testing.assert_array_equal(method.fit(rows, classes, semantics).encode(rows), expected)


@pytest.mark.parametrize("name", TAGS)
def test_features_of_no_columns_are_refused(name, data):
    with pytest.raises(InputError, match=r"shape \(160, 0\), expected .* \(n, d\) with d of 1 or more"):
        registry.build("methods", name, n_bits=1).fit(data[0][:, :0], *data[1:])


@pytest.mark.parametrize(("trainable", "dtype"), [("tail", np.float16), ("all", np.uint8)])
def test_maps_and_images_of_no_columns_are_refused(trainable, dtype, data):
    method = registry.build("methods", "mgah", n_bits=1, trainable=trainable, network="alexnet")
    with pytest.raises(InputError, match=r"shape \(160, 0\), expected .* \(n, d\) with d of 1 or more"):
        method.fit(np.zeros((160, 0), dtype), *data[1:])


def test_names_of_other_classes_are_refused(data):
    features, labels, semantics = data
    with pytest.raises(
        InputError, match=r"ITQ: training labels hold '0', '1', '2', expected names of the sem"
    ):
        registry.build("methods", "itq", n_bits=4).fit(features, labels.astype(str), semantics)


def test_a_method_shows_its_own_parameters_first_and_others_where_they_differ():
    shown = repr(registry.build("methods", "mgah", n_bits=16, epochs=3))
    own = [shown.index(word) for word in ("MGAH(n_bits=16", " beta=", " alpha=", " lambda_=", " epochs=3")]
    assert own == sorted(own) and "trunk" not in shown and "random_state" not in shown
    assert eval(shown, {"MGAH": registry.load("methods", "mgah")}).get_params()["epochs"] == 3
    assert repr(registry.build("methods", "sdh", anchors=np.eye(2))).startswith("SDH(n_bits=32, ")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("itq", {"normalize": True}),
        ("pca_rotation", {"normalize": True}),
        ("doph_linear", {"feature_norm": "l2"}),
        ("doph", {"feature_norm": "l2", "device": "cpu"}),
        ("mgah", {"feature_norm": "l2", "feature_scaling": "standardize", "device": "cpu"}),
        ("ksh", {}),
        ("tsk", {}),
        ("sdh", {}),
        ("imh", {}),
    ],
)
def test_rows_that_are_equal_up_to_rounding_at_unit_length_are_refused(name, parameters, dtype):
    """Codes would be learned of the rounding."""
    random = np.random.default_rng(0)
    rows = np.outer(1 + random.random(120), random.standard_normal(16)).astype(dtype)
    method = registry.load("methods", name)(n_bits=8, **parameters)
    with pytest.raises(InputError, match="expected features that differ in direction"):
        method.fit(rows, np.arange(120) % 4, ClassSemantics.from_vectors("abcd", np.eye(4)))
