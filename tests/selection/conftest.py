"""A small dataset with one unseen class: images table, split, features and semantics."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mgah.semantics.store import ClassSemantics
from mgah.splits import draw_split

NAMES = ("ant", "bee", "cat", "dog", "elk", "fox")


@pytest.fixture
def benchmark():
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
