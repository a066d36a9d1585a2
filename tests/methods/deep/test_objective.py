"""What a loss is told of the training: rows of the batch, outputs between epochs, a second view."""

import numpy as np
import pytest
import torch

from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.objective import Objective

SMALL = {"trunk": 5, "epochs": 3, "batch_size": 16, "device": "cpu"}


class Spy(Objective):
    def __init__(self, features, views=1):
        super().__init__()
        self.all, self.views = torch.from_numpy(features), views
        self.batches, self.outputs = [], []

    def begin_batch(self, index):
        self.index = index

    def between_epochs(self, outputs):
        self.outputs.append(outputs())

    def view(self, features):
        return features + len(self.batches)

    def forward(self, features, z, labels, progress):
        self.batches.append((self.index, features, labels))
        return (z**2).mean(dim=(1, 2))


def trained(features, labels, n_bits=(4, 6), seeds=(0, 0), views=1):
    spies = []

    class Method(DeepHashing):
        label = "Method"

        @classmethod
        def _objective(cls, methods, features, labels, semantics):
            spies.append(Spy(features, views))
            return spies[0]

    methods = [Method(n_bits=k, random_state=s, **SMALL) for k, s in zip(n_bits, seeds, strict=True)]
    Method.uses_semantics = False
    Method.fit_many(methods, features, labels)
    return spies[0], methods


@pytest.fixture(scope="module")
def data():
    return np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32), np.arange(40) % 4


@pytest.mark.parametrize("seeds", [(0, 0), (0, 1)])
def test_the_numbers_of_a_batch_are_those_of_its_rows_and_each_comes_once_an_epoch(data, seeds):
    spy, _ = trained(*data, seeds=seeds)
    seen = []
    for number, (index, features, labels) in enumerate(spy.batches):
        assert torch.equal(features, spy.all[index] + number)
        assert torch.equal(labels, torch.from_numpy(data[1])[index])
        seen.append(index)
    for epoch in range(3):
        rows = torch.cat(seen[3 * epoch : 3 * epoch + 3], dim=-1)
        assert (rows.sort(dim=-1).values == torch.arange(40)).all()


def test_outputs_between_epochs_are_what_the_encoders_would_give(data):
    spy, methods = trained(*data)
    assert [tuple(z.shape) for z in spy.outputs] == [(2, 40, 6)] * 4, "before the first epoch and after each"
    for model, method in enumerate(methods):
        final = spy.outputs[-1][model]
        np.testing.assert_allclose(final[:, : method.n_bits], method._weights()(data[0]), atol=1e-6)
        assert (final[:, method.n_bits :] == 0).all()
    assert not torch.equal(spy.outputs[0], spy.outputs[1])


def test_two_views_enter_one_after_the_other_with_their_labels_twice(data):
    spy, _ = trained(*data, views=2)
    for number, (index, features, labels) in enumerate(spy.batches):
        expected = spy.all[index] + number
        assert torch.equal(features, torch.cat([expected, expected]))
        assert torch.equal(labels, torch.from_numpy(data[1])[index].repeat(2))
