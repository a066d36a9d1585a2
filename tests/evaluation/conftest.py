"""A small cell: codes of four classes, two of them unseen."""

import numpy as np
import pytest

from mgah.methods.codes import Codes, pack

NAMES = ("bird", "cat", "dog", "eel")
CELL = {"dataset": "toys", "backbone": "net", "semantics": "words", "split": "cat+eel", "method": "itq"}
CELL |= {
    "label": "ITQ, rotated",
    "trained": "frozen features",
    "seed": 3,
    "notes": ["first note", "second, with a comma"],
}


@pytest.fixture
def arrays(random_codes):
    """int8 codes, labels and parts of a small cell: cat and eel are unseen."""
    codes, labels = random_codes(np.random.default_rng(5), 400, 24, n_classes=4)
    unseen = np.isin(labels, (1, 3))
    queries = np.flatnonzero(unseen)[:30]
    database = np.setdiff1d(np.arange(400), queries)[
        ::-1
    ]  # not sorted: the file's order is the order of ties
    return codes, labels, queries, database, np.flatnonzero(~unseen)[10:40]


def codes_of(arrays, **changes):
    codes, labels, queries, database, seen = arrays
    content = {
        "query_codes": pack(codes[queries]),
        "query_ids": queries,
        "query_labels": labels[queries],
        "database_codes": pack(codes[database]),
        "database_ids": database,
        "database_labels": labels[database],
        "seen_query_ids": seen,
        "class_names": NAMES,
        "n_bits": codes.shape[1],
        "cell": CELL | {"bits": codes.shape[1]},
    }
    return Codes(**content | changes)
