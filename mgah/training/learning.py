"""Signs that a method learned nothing, or had too little time: sentences that belong beside its numbers.

They are looked for once a method is fitted, and change nothing but the cell's notes. A sentence names the code length
and no split or seed, so that many cells that share a fault share a note; each cell's codes file and model card have
its own.
"""

from collections.abc import Iterator
from importlib import import_module

import numpy as np

from mgah import registry, seeds
from mgah.methods.base import HashingMethod
from mgah.methods.codes import Codes
from mgah.training.job import Inputs

#: From this share of bits on that are the same for all images, a note says so.
CONSTANT_BITS = 0.5
#: The loss still falls fast where this share of its whole fall happens in the last fifth of the epochs: a loss that
#: falls on a straight line has 0.2, one that approaches its end exponentially in 1.5 time constants has 0.1.
LATE_FALL = 0.15
#: Fewest epochs of which a last fifth tells anything.
_EPOCHS = 5
#: Training images that are ranked, at most, and fewest of which a comparison tells anything.
_IMAGES, _FEWEST = 1000, 100


def learning_notes(method: HashingMethod, codes: Codes, inputs: Inputs) -> tuple[str, ...]:
    """Sentences on a fitted ``method`` that, by its ``codes`` of all images, learned nothing; none on a control."""
    if method.control:
        return ()
    where = f"At {codes.n_bits} bits, on a split or more,"
    return tuple(f"{where} {what}" for what in _signs(method, codes, inputs))


def _signs(method: HashingMethod, codes: Codes, inputs: Inputs) -> Iterator[str]:
    share = constant_share(codes)
    if share == 1:
        yield "all images have the same code: nothing was learned."
    elif share >= CONSTANT_BITS:
        yield "half of the bits or more are the same for all images."
    if share < 1 and _is_below_start(method, inputs):
        yield (
            "training images rank worse by their codes than by as many random projections of their features, which "
            "are what an untrained hash function has."
        )
    if falls_late(getattr(method, "loss_", np.empty(0))):
        yield "the loss was still falling fast when training ended: more epochs would change the numbers."


def constant_share(codes: Codes) -> float:
    """The share of bits that are the same for all images."""
    sides = codes.query_codes, codes.database_codes
    ever = np.bitwise_or.reduce([np.bitwise_or.reduce(side) for side in sides])
    always = np.bitwise_and.reduce([np.bitwise_and.reduce(side) for side in sides])
    return 1 - float(np.unpackbits(ever ^ always, count=codes.n_bits).mean())


def falls_late(loss: np.ndarray) -> bool:
    """Whether a loss by epoch, float (epochs,), fell by `LATE_FALL` of its whole fall in the last fifth of epochs."""
    last = -(-len(loss) // 5)
    return len(loss) >= _EPOCHS and bool(loss[-1 - last] - loss[-1] > LATE_FALL * max(loss[0] - loss[-1], 0))


def _is_below_start(method: HashingMethod, inputs: Inputs) -> bool:
    """Whether some training images, ranked by the codes of others, have a lower mAP than by random projections.

    Both see the same rows, which have to be features: images and feature maps go through a network that is trained.
    """
    training = inputs.split.training
    if inputs.features.dtype != np.float32 or len(training) < _FEWEST:
        return False
    drawn = seeds.generator(0, "learning").permutation(training)[:_IMAGES]
    rows, labels = inputs.features[drawn], inputs.images["class_id"].to_numpy()[drawn]
    start = registry.build(
        "methods", "random_projection", n_bits=method.n_bits, random_state=method.random_state
    )
    learned, untrained = (_score(one.encode(rows), labels) for one in (method, start.fit(rows)))
    return learned < untrained


def _score(codes: np.ndarray, labels: np.ndarray) -> float:
    # imported by name: how a note is computed does not decide whether all methods are fitted again
    metrics, part = import_module("mgah.metrics"), len(codes) // 4
    sides = codes[:part], labels[:part], codes[part:], labels[part:]
    score: float = metrics.mean_average_precision(
        *sides, backend="numpy"
    )  # too few rows to wait for a compiler
    return score
