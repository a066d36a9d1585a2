"""Five classes of made features, one of them unseen."""

import numpy as np
import pandas as pd
import pytest

from mgah.data.images import COLUMNS
from mgah.semantics.store import ClassSemantics
from mgah.splits import draw_split

CLASSES = ("ant", "bee", "cow", "dog", "elk")


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
