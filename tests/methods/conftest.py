"""Made data on which the tests of methods fit: features, labels and class semantics."""

import numpy as np
import pytest

from mgah.semantics.store import ClassSemantics

N, D, CLASSES = 160, 24, 5


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    centers = random.standard_normal((CLASSES, D))
    features = np.maximum(centers[labels] + 0.5 * random.standard_normal((N, D)), 0).astype(np.float32)
    semantics = ClassSemantics.from_vectors(
        [f"class {c}" for c in range(CLASSES)], random.standard_normal((CLASSES, 9))
    )
    return features, labels, semantics
