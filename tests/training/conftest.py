"""Small datasets of made features with one unseen class: five classes for fits, six for choices of parameters."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mgah.semantics.store import ClassSemantics
from mgah.splits import draw_split
from mgah.tables.images import COLUMNS

CLASSES = ("ant", "bee", "cow", "dog", "elk")
NAMES = ("ant", "bee", "cat", "dog", "elk", "fox")


@pytest.fixture
def inputs():
    random = np.random.default_rng(0)
    n = 150
    class_id = np.arange(n) % 5
    images = pd.DataFrame(
        {
            "id": range(n),
            "class_id": class_id,
            "class_name": np.array(CLASSES)[class_id],
            "path": [f"{i:04d}" for i in range(n)],
            "content": [f"{i:032x}" for i in range(n)],
        },
        columns=list(COLUMNS),
    )
    features = (random.standard_normal((5, 12))[class_id] + 0.4 * random.standard_normal((n, 12))).astype(
        np.float32
    )
    split = draw_split(images, "toy", "cow", ("cow",), training=60, queries=10, seen_queries=10, seed=0)
    semantics = ClassSemantics.from_vectors(CLASSES, random.standard_normal((5, 4)), ("toy vectors",))
    return features, images, split, semantics


@pytest.fixture
def zoo():
    n, d = 240, 12
    random = np.random.default_rng(0)
    labels = np.arange(n) % len(NAMES)
    images = pd.DataFrame(
        {
            "id": np.arange(n),
            "class_id": labels,
            "class_name": [NAMES[label] for label in labels],
            "path": [f"{i:04}.png" for i in range(n)],
            "content": [f"{i:032x}" for i in range(n)],
        }
    )
    centers = random.standard_normal((len(NAMES), d))
    features = (centers[labels] + 0.3 * random.standard_normal((n, d))).astype(np.float32)
    return SimpleNamespace(
        images=images,
        split=draw_split(images, "zoo", "cat", ["cat"], training=150, queries=10, seen_queries=10, seed=0),
        features=features,
        semantics=ClassSemantics.from_vectors(NAMES, random.standard_normal((len(NAMES), 4))),
    )
