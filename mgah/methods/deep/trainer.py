"""The trainer that all deep methods share; it trains several models, stacked, in one process.

A step on frozen features is mostly overhead, so the code lengths (and seeds) of a job are trained side by side. The
models share no weights, so the sum of their losses gives each the gradient that it would have alone.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from mgah.device import choose_device, full_float32
from mgah.errors import DivergedError
from mgah.methods.deep.objective import Objective
from mgah.seeds import generator


@dataclass(frozen=True)
class Schedule:
    """Length and optimizer of a training: Adam with betas 0.9 and 0.999 and coupled weight decay.

    Attributes:
        epochs: number of passes over the samples, where ``steps`` is None.
        batch_size: samples in a batch; the last batch of an epoch may be smaller.
        lr, lr_end: learning rate at the start and at the end; it falls exponentially from step to step.
        weight_decay: factor of the weight decay.
        steps: number of batches after which training ends, perhaps inside an epoch; None for whole ``epochs``.

    Examples:
        >>> Schedule(epochs=10, batch_size=64, lr=1e-4, lr_end=1e-6, weight_decay=5e-4).length(1500)
        (10, 240)
        >>> Schedule(epochs=10, batch_size=64, lr=1e-4, lr_end=1e-6, weight_decay=5e-4, steps=250).length(1500)
        (11, 250)
    """

    epochs: int
    batch_size: int
    lr: float
    lr_end: float
    weight_decay: float
    steps: int | None = None

    def length(self, n: int) -> tuple[int, int]:
        """Return the number of epochs, the last of which may be cut short, and of steps of a training on n samples."""
        an_epoch = math.ceil(n / self.batch_size)
        steps = self.epochs * an_epoch if self.steps is None else self.steps
        return math.ceil(steps / an_epoch), steps


#: Losses (m,) of the m models on one batch: features (n, d) or (m, n, d), labels and row numbers (n,) or (m, n), and
#: the progress of the training, 0 in the first epoch and 1 in the last. A training of one epoch has no progress, 0, and
#: so no schedule: what grows with it keeps its first value.
BatchLoss = Callable[[Tensor, Tensor, Tensor, float], Tensor]


def train(
    modules: Sequence[nn.Module],
    rates: Sequence[float],
    batch_loss: BatchLoss,
    features: np.ndarray,
    labels: np.ndarray,
    seeds: Sequence[int],
    schedule: Schedule,
    device: str = "auto",
    between_epochs: Callable[[], None] = lambda: None,
) -> np.ndarray:
    """Train the parameters of ``modules`` in place and return the mean loss of each epoch, float64 (epochs, m).

    An epoch that the number of steps cuts short has a mean as well, over the samples that were trained on in it.

    Args:
        modules: modules with the stacked parameters of m models.
        rates: factor of each module on the learning rate.
        batch_loss: computes the losses of a batch.
        features: rows (n, d); float32 features are moved to the device as a whole, rows of another dtype (maps,
            images) batch by batch.
        labels: int64 (n,).
        seeds: seed of each model, by which its batches are shuffled anew every epoch.
        schedule: length and optimizer of the training.
        device: ``auto`` (the first of cuda, mps and cpu that is there) or the name of a torch device.
        between_epochs: called before the first epoch and after each.

    Raises:
        DivergedError: when the loss or a weight is no longer finite.
    """
    place = choose_device(device)
    for module in modules:
        module.to(place)
    rows, targets = _rows(features, place), torch.tensor(labels, device=place)
    orders = _Orders(len(labels), seeds)
    epochs, steps = schedule.length(len(labels))
    step = _Step(modules, rates, schedule, steps, place)
    losses = []
    with reproducible():
        between_epochs()
        for epoch in range(epochs):
            progress = epoch / max(epochs - 1, 1)
            batches = torch.split(orders.next_epoch().to(place), schedule.batch_size, dim=-1)[:steps]
            steps -= len(batches)
            summed = []
            for batch in batches:
                loss = batch_loss(rows(batch), targets[batch], batch, progress)
                step(loss.sum())
                summed.append(loss.detach() * batch.shape[-1])
            seen = sum(batch.shape[-1] for batch in batches)
            losses.append(torch.stack(summed).cpu().double().sum(dim=0).numpy() / seen)
            _check_converging(losses[-1], modules, epoch, schedule.lr)
            between_epochs()
    return np.array(losses)


def _check_converging(losses: np.ndarray, modules: Sequence[nn.Module], epoch: int, lr: float) -> None:
    """Raise `DivergedError` unless the mean losses (m,) of ``epoch`` and all weights after it are finite.

    Losses are those before each step, so that the last step of an epoch shows in the weights alone.
    """
    fault = ""
    if not np.isfinite(losses).all():
        fault = f"the loss is {losses.tolist()}"
    elif not all(part.isfinite().all() for module in modules for part in module.parameters()):
        fault = "weights are not finite"
    if fault:
        raise DivergedError(f"training diverged in epoch {epoch + 1} with lr {lr}, {fault}: lower lr")


@contextmanager
def reproducible() -> Iterator[None]:
    """Let torch compute the same bits on any number of cores inside the block, and restore its options after it.

    One thread computes, products of float32 keep their full precision (`mgah.device.full_float32`), cuDNN takes
    deterministic algorithms, and numbers so small that a CPU is slow on them (denormals) become 0.

    Examples:
        >>> with reproducible():
        ...     print(torch.get_num_threads())
        1
    """
    threads, deterministic = torch.get_num_threads(), torch.backends.cudnn.deterministic
    flushed = sys.float_info.min / 2 == 0  # torch has no function that says whether this option is on
    try:
        torch.backends.cudnn.deterministic = True
        torch.set_num_threads(1)  # sums in another order would give other bits; jobs run side by side instead
        # gradients of fitted samples sink below 1e-38, where a CPU is many times slower and nothing is learned
        torch.set_flush_denormal(True)
        with full_float32():
            yield
    finally:
        torch.backends.cudnn.deterministic = deterministic
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(threads)


def _rows(features: np.ndarray, place: torch.device) -> Callable[[Tensor], Tensor]:
    """A function that takes the indices of a batch and returns those rows of ``features`` on the device."""
    if features.dtype == np.float32:
        # torch knows no negative strides
        resident = torch.tensor(np.ascontiguousarray(features), device=place)
        return lambda batch: resident[batch]
    return lambda batch: torch.from_numpy(features[batch.cpu().numpy()]).to(place)


class _Step:
    """One step of Adam, after which the learning rate falls; each module has its own factor on that rate.

    The weight decay acts on all parameters but those that an objective names as ``undecayed``.
    """

    def __init__(
        self,
        modules: Sequence[nn.Module],
        rates: Sequence[float],
        schedule: Schedule,
        steps: int,
        place: torch.device,
    ) -> None:
        groups: dict[tuple[float, float], list] = {}
        for module, rate in zip(modules, rates, strict=True):
            undecayed = set(module.undecayed) if isinstance(module, Objective) else set()
            for parameter in module.parameters():
                decay = 0.0 if parameter in undecayed else schedule.weight_decay
                groups.setdefault((rate, decay), []).append(parameter)
        self._adam = torch.optim.Adam(
            [
                {"params": group, "lr": schedule.lr * rate, "weight_decay": decay}
                for (rate, decay), group in groups.items()
            ],
            fused=place.type in ("cpu", "cuda"),
        )
        self._decay = (schedule.lr_end / schedule.lr) ** (1 / steps)

    def __call__(self, loss: Tensor) -> None:
        self._adam.zero_grad()
        loss.backward()
        self._adam.step()
        for group in self._adam.param_groups:
            group["lr"] *= self._decay


class _Orders:
    """The order of the samples in each epoch: one for all models where they have the same seed, else one for each."""

    def __init__(self, n: int, seeds: Sequence[int]) -> None:
        self._n = n
        shared = len(set(seeds)) == 1
        self._streams = [generator(seed, "batch order") for seed in (seeds[:1] if shared else seeds)]

    def next_epoch(self) -> Tensor:
        """Draw the permutation of the samples for one epoch: int64 (n,) where all models share it, else (m, n)."""
        orders = np.stack([stream.permutation(self._n) for stream in self._streams])
        return torch.from_numpy(orders[0] if len(orders) == 1 else orders)
