"""Methods whose codes follow the batch are told apart from those whose sums round otherwise."""

import numpy as np
import pytest

from mgah import registry
from mgah.errors import InputError
from mgah.methods.base import HashingMethod, signs
from mgah.methods.batches import check_batches


class Own(HashingMethod):
    """Encodes by a function of the rows and of the training mean."""

    uses_labels = uses_semantics = False

    def __init__(self, *, n_bits: int = 8, random_state: int = 0, outputs=None) -> None:
        self.n_bits, self.random_state, self.outputs = n_bits, random_state, outputs

    def _fit(self, features, labels, semantics) -> None:
        self.mean_ = features.mean(axis=0)

    def _encode(self, features):
        return signs(self.outputs(features, self.mean_)[:, : self.n_bits])


def normalized(rows, mean):
    return (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)


def by_median(rows, mean):
    return rows - np.median(rows, axis=0)


def by_neighbor(rows, mean):
    return rows - np.roll(rows, 1, axis=0) / 2


def by_place(rows, mean):
    return rows * np.where(np.arange(len(rows)) % 2, -1, 1)[:, None]


@pytest.mark.parametrize("outputs", [normalized, by_median, by_neighbor, by_place])
def test_codes_that_follow_the_batch_are_one_sentence(outputs, data):
    method = Own(outputs=outputs).fit(data[0])
    with pytest.raises(
        InputError, match=r"Own: the codes of .* differ, in [0-9.]+% of the bits, .* in _encode use"
    ):
        check_batches(method, data[0][:64])


def test_codes_that_follow_training_pass_and_so_does_rounding(data):
    check_batches(Own(outputs=lambda rows, mean: rows - mean).fit(data[0]), data[0][:64])

    def rounded(rows, mean):
        outputs = rows - mean
        outputs[0, 0] *= 1 if len(rows) == 64 else -1  # one bit of a batch
        return outputs

    half = np.arange(0, 64, 2)
    method = Own(outputs=rounded).fit(data[0])
    assert (method.encode(data[0][half]) != method.encode(data[0][:64])[half]).sum() == 1
    with pytest.raises(InputError, match=r"the codes of single rows differ, in 12\.5% of the bits"):
        check_batches(method, data[0][:64])  # of each single row


def test_an_encoder_that_takes_no_single_row_is_named(data):
    def squeezed(rows, mean):
        return (rows - mean).squeeze()

    with pytest.raises(
        InputError, match=r"Own: it cannot encode 1 row \(IndexError: .*\), though it encodes more"
    ):
        check_batches(Own(outputs=squeezed).fit(data[0]), data[0][:64])


@pytest.mark.parametrize("name", ["itq", "sdh", "ksh", "pca_rotation"])
def test_methods_of_the_project_pass(name, data):
    method = registry.build("methods", name, n_bits=8, **registry.load("methods", name).quick_parameters)
    check_batches(method.fit(*data), data[0][:64])
