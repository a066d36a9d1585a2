"""Methods whose codes are signs of real outputs: all but two controls, and what their outputs have to be."""

import numpy as np
import pytest

from mgah import registry
from mgah.errors import InputError
from mgah.methods.signs_of_outputs import SignsOfOutputs


def test_all_methods_but_two_controls_have_outputs(monkeypatch):
    monkeypatch.delenv(registry.VARIABLE, raising=False)
    classes = {name: registry.load("methods", name) for name in registry.names("methods")}
    others = [name for name, cls in classes.items() if not issubclass(cls, SignsOfOutputs)]
    assert sorted(others) == ["classifier_codes", "random_codes"]


class Scaled(SignsOfOutputs):
    """The first features, times a factor."""

    label = "Scaled"

    def __init__(self, *, n_bits: int = 2, random_state: int = 0, factor: float = 1.0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.factor = factor

    def _fit(self, features, labels, semantics) -> None:
        self.width_ = np.array(features.shape[1])

    def _outputs(self, features):
        return features[:, :2] * np.float32(self.factor)


def test_outputs_are_what_the_codes_are_the_signs_of(data):
    method = Scaled().fit(*data)
    rows = np.float32([[0.5, -2, *[1] * 22], [-0.0, 3, *[1] * 22]])
    assert method.outputs(rows).tolist() == [[0.5, -2], [0, 3]]
    assert method.encode(rows).tolist() == [[1, -1], [1, 1]]


def test_outputs_that_cannot_be_are_one_clear_error(data):
    with pytest.raises(InputError, match="Scaled must be fitted before it encodes"):
        Scaled().outputs(data[0])
    with pytest.raises(InputError, match=r"expected float32.* of shape \(n, 24\)"):
        Scaled().fit(*data).outputs(data[0][:, 1:])
    far = Scaled(factor=3e38).fit(*data)
    rows = data[0][:9].copy()
    rows[:, :2], rows[5, :2] = 1, (1, 10)
    for method in (far.outputs, far.encode):
        with pytest.raises(
            InputError, match="Scaled: outputs are not finite in 1 row, first in row 5: features must"
        ):
            method(rows)
    words = (
        r"_outputs returned float32 of shape \(160, 2\), expected floating-point numbers of shape \(160, 3\)"
    )
    with pytest.raises(InputError, match=words):
        Scaled(n_bits=3).fit(*data).outputs(data[0])
