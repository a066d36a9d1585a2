"""Codes of a split with two unseen classes of four."""

import numpy as np
import pytest

from mgah.methods.codes import Codes, pack

NAMES = ("zero", "one", "two", "three")


@pytest.fixture
def make_codes():
    """Codes of 12 queries (classes 0 and 1) and 60 images on 6 bits, so that most distances are equal to others."""

    def make(method="mgah", split="t", seed=0, dataset="digits", order=None):
        random = np.random.default_rng(seed)
        labels = np.concatenate([np.arange(12) % 2, np.arange(60) % 4])
        codes = random.choice(np.array([-1, 1], np.int8), (72, 6))
        rows = np.arange(60) if order is None else order
        return Codes(
            query_codes=pack(codes[:12]),
            query_ids=np.arange(12),
            query_labels=labels[:12],
            database_codes=pack(codes[12:])[rows],
            database_ids=np.arange(12, 72)[rows],
            database_labels=labels[12:][rows],
            seen_query_ids=np.array([14]),
            class_names=NAMES,
            n_bits=6,
            cell={"dataset": dataset, "backbone": "b", "semantics": "s", "split": split, "method": method}
            | {"label": f"{method}, new", "seed": 0, "bits": 6, "notes": []},
        )

    return make
