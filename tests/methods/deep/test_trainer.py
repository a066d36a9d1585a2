"""The trainer: where rows come from, and at which rate modules learn."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from mgah.errors import DivergedError
from mgah.methods.deep.trainer import Schedule, train

SCHEDULE = Schedule(epochs=3, batch_size=8, lr=1e-2, lr_end=1e-3, weight_decay=0.0)


def trained(rows, rates=(1.0, 1.0), schedule=SCHEDULE):
    """Weights of two layers after training them to tell odd from even rows, and the losses."""
    torch.manual_seed(0)
    first, second = nn.Linear(5, 4), nn.Linear(4, 1)
    labels = np.arange(len(rows)) % 2

    def batch_loss(batch, batch_labels, index, progress):
        values = second(torch.tanh(first(batch.float()))).squeeze(-1)
        return nn.functional.binary_cross_entropy_with_logits(values, batch_labels.float()).view(1)

    losses = train([first, second], rates, batch_loss, rows, labels, [7], schedule, "cpu")
    return first.weight.detach().numpy(), second.weight.detach().numpy(), losses


@pytest.fixture
def halves():
    return np.random.default_rng(0).standard_normal((30, 5)).astype(np.float16)


def test_rows_from_a_file_train_to_the_same_bits_as_rows_in_memory(halves, tmp_path):
    np.save(tmp_path / "rows.npy", halves)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    resident = trained(halves.astype(np.float32))
    for rows in (halves, mapped):
        for got, expected in zip(trained(rows), resident, strict=True):
            np.testing.assert_array_equal(got, expected)


LAYOUTS = {
    "rows backwards": lambda rows: np.ascontiguousarray(rows[::-1])[::-1],
    "columns backwards": lambda rows: np.ascontiguousarray(rows[:, ::-1])[:, ::-1],
    "columns first": np.asfortranarray,
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_rows_in_any_layout_train_to_the_same_bits(layout, dtype, halves):
    rows = halves.astype(dtype)
    for got, expected in zip(trained(layout(rows)), trained(rows), strict=True):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(("n", "epochs"), [(30, 3), (8, 1), (17, 5)])
def test_the_learning_rate_falls_exponentially_from_its_start_to_its_end(n, epochs):
    """Where the gradient is always 1, a step of Adam is exactly as long as the learning rate."""
    layers, factors = [nn.Linear(1, 1, bias=False).double() for _ in range(2)], (1.0, 0.1)
    seen = []

    def batch_loss(batch, batch_labels, index, progress):
        seen.append([layer.weight.item() for layer in layers])
        return sum(layer.weight.sum() for layer in layers).view(1)

    schedule = dataclasses.replace(SCHEDULE, epochs=epochs)
    train(layers, factors, batch_loss, np.zeros((n, 1), np.float32), np.zeros(n, int), [0], schedule, "cpu")
    seen.append([layer.weight.item() for layer in layers])
    steps = epochs * -(-n // 8)
    falling = 1e-2 * (1e-3 / 1e-2) ** (np.arange(steps) / steps)
    for place, factor in enumerate(factors):
        np.testing.assert_allclose(-np.diff(np.array(seen)[:, place]), factor * falling, rtol=1e-5)


@pytest.mark.parametrize(
    ("n", "steps", "epochs"), [(30, 1, 1), (30, 4, 1), (30, 6, 2), (30, 12, 3), (8, 5, 5)]
)
def test_a_budget_of_steps_ends_exactly_there_and_schedules_run_over_all_of_it(n, steps, epochs):
    """At a gradient of 1 a step of Adam is as long as the learning rate; the loss of a step is its number."""
    layer, sizes, progresses = nn.Linear(1, 1, bias=False).double(), [], []
    seen = [layer.weight.item()]

    def batch_loss(batch, batch_labels, index, progress):
        seen.append(layer.weight.item())
        sizes.append(len(batch))
        progresses.append(progress)
        loss = layer.weight.sum()
        return (loss - loss.detach() + len(sizes)).view(1)

    schedule = dataclasses.replace(SCHEDULE, epochs=99, steps=steps)
    rows = np.zeros((n, 1), np.float32)
    losses = train([layer], [1.0], batch_loss, rows, np.zeros(n, int), [0], schedule, "cpu")
    seen = [*seen[1:], layer.weight.item()]
    assert len(sizes) == steps
    falling = 1e-2 * (1e-3 / 1e-2) ** (np.arange(steps) / steps)
    np.testing.assert_allclose(-np.diff(seen), falling, rtol=1e-5)
    in_an_epoch = -(-n // 8)
    of_epoch = np.arange(steps) // in_an_epoch
    np.testing.assert_allclose(progresses, of_epoch / max(epochs - 1, 1))
    expected = [
        np.average(np.arange(1, steps + 1)[of_epoch == epoch], weights=np.array(sizes)[of_epoch == epoch])
        for epoch in range(epochs)
    ]
    np.testing.assert_allclose(losses[:, 0], expected, rtol=1e-6)


def test_steps_of_whole_epochs_train_to_the_same_bits_as_the_epochs(halves):
    for got, expected in zip(
        trained(halves, schedule=dataclasses.replace(SCHEDULE, epochs=1, steps=12)),
        trained(halves),
        strict=True,
    ):
        np.testing.assert_array_equal(got, expected)


def test_each_module_learns_at_its_own_rate(halves):
    rows = halves.astype(np.float32)
    begin, usual, slow = trained(rows, (1e-12, 1e-12)), trained(rows), trained(rows, (1e-12, 1.0))
    np.testing.assert_allclose(slow[0], begin[0], atol=1e-9)
    assert abs(slow[1] - begin[1]).max() > 1e-2
    assert abs(usual[0] - begin[0]).max() > 1e-2
    assert usual[2][-1] < usual[2][0]


def test_a_last_step_that_leaves_no_finite_weights_is_a_training_that_diverged(halves):
    """The only loss is that before the only step, and finite."""
    once = Schedule(epochs=1, batch_size=30, lr=1e38, lr_end=1e38, weight_decay=0.0)
    rates = (10.0, 1.0)  # a step of 1e39, which float32 does not hold
    with pytest.raises(
        DivergedError, match=r"diverged in epoch 1 with lr 1e\+38, weights are not finite: lower lr"
    ):
        trained(halves.astype(np.float32), rates, once)
