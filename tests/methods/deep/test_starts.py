"""No deep method ends below its own start on seen classes, whatever mean their features share."""

import functools

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mgah import registry
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import expected_average_precision
from mgah.metrics.index import build_index, pack_words
from mgah.semantics.store import ClassSemantics
from tests.methods.deep.conftest import DEEP

pytestmark = pytest.mark.long

#: Ten epochs of 500 images, which are 8 steps each: short enough that a plateau of the loss is not left.
USUAL = {"n_bits": 32, "trunk": 128, "steps": 80, "lr": 1e-3, "lr_end": 1e-5, "device": "cpu"}
STILL = {"steps": 1, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0.0}


def digits():
    """Gray values of digits from 0 to 16/17, as pixels give them; nine classes."""
    scans = load_digits()
    seen = scans.target != 3
    return scans.data[seen][:900] / 17, np.unique(scans.target[seen][:900], return_inverse=True)[1]


def shifted():
    """20 classes that overlap, and a shared mean that is three times as long as what images differ by."""
    random = np.random.default_rng(0)
    labels = np.arange(900) % 20
    spread = random.standard_normal((20, 96))[labels] + 2 * random.standard_normal((900, 96))
    direction = random.standard_normal(96)
    length = 3 * np.sqrt((spread**2).sum(axis=1).mean())
    return spread + direction * length / np.linalg.norm(direction), labels


@functools.cache
def parts(make):
    """Training images with their semantics, and held-out images."""
    features, labels = make()
    features = features.astype(np.float32)
    vectors = np.random.default_rng(1).standard_normal((labels.max() + 1, 30))
    semantics = ClassSemantics.from_vectors([f"c{c}" for c in range(len(vectors))], vectors)
    return (features[:500], labels[:500], semantics), (features[500:], labels[500:])


def quality(method, training, held_out):
    """mAP of held-out images of seen classes against the training images, and codes that those have."""
    (features, labels, _), (queries, query_labels) = training, held_out
    codes = method.encode(features)
    index = build_index(pack_words(codes), codes.shape[1], labels)
    words = pack_words(method.encode(queries))
    scores = expected_average_precision(*counts(words, query_labels, index))
    return scores.mean(), len(np.unique(codes, axis=0))


@pytest.mark.parametrize(
    ("make", "scaling"),
    [(digits, None), (digits, "center"), (shifted, None), (shifted, "standardize")],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
@pytest.mark.parametrize("trainable", ["none", "head"])
@pytest.mark.parametrize("name", DEEP)
def test_training_never_ends_below_its_start_and_leaves_a_code_for_every_class(
    name, trainable, make, scaling
):
    """A start that is a solution already may lose as much as chance: half a point of mAP.

    Methods without labels learn the cosines of the features, and classes only by these: they may lose two points.
    """
    training, held_out = parts(make)
    usual = USUAL | {"trainable": trainable} | ({"feature_scaling": scaling} if scaling else {})
    start, trained = (
        quality(registry.build("methods", name, **usual | change).fit(*training), training, held_out)
        for change in (STILL, {})
    )
    assert trained[0] > start[0] - (0.005 if registry.find("methods", name).tags["uses_labels"] else 0.02)
    assert trained[1] >= len(training[2].names)
