"""Slow twins that share no code with what they check."""

from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest


def _exact_average_precision(relevant):
    """Average precision of one order of 0/1 relevance, exactly; None where nothing is relevant."""
    hits, total = 0, Fraction(0)
    for rank, one in enumerate(relevant, start=1):
        hits += one
        total += Fraction(hits, rank) if one else 0
    return total / hits if hits else None


def _exact_scores(distances, relevant):
    """Exact (expected, stable, min, max) by enumerating every order that the distances allow; up to 7 items."""
    n = len(distances)
    orders = [o for o in permutations(range(n)) if all(distances[a] <= distances[b] for a, b in pairwise(o))]
    values = [_exact_average_precision([relevant[i] for i in order]) for order in orders]
    stable = sorted(range(n), key=lambda i: (distances[i], i))
    mean = sum(values, Fraction(0)) / len(values)
    return mean, _exact_average_precision([relevant[i] for i in stable]), min(values), max(values)


def _naive_counts(queries, query_labels, codes, labels):
    """Counts by comparing the int8 codes bit by bit."""
    n_bits = codes.shape[1]
    cnt, rel = np.zeros((2, len(queries), n_bits + 1), np.int64)
    for i, query in enumerate(queries):
        distances = (codes != query).sum(axis=1)
        for distance, label in zip(distances, labels, strict=True):
            cnt[i, distance] += 1
            rel[i, distance] += label == query_labels[i]
    return cnt, rel


def _random_codes(generator, n, n_bits, n_classes=3):
    """Codes near one center a class, so that every distance range and many ties occur; int8, int64 labels."""
    labels = generator.integers(0, n_classes, n)
    centers = generator.integers(0, 2, (n_classes, n_bits))
    flips = generator.random((n, n_bits)) < generator.random((n, 1)) * 0.6
    return ((centers[labels] ^ flips) * 2 - 1).astype(np.int8), labels


@pytest.fixture(scope="session")
def exact_average_precision():
    return _exact_average_precision


@pytest.fixture(scope="session")
def exact_scores():
    return _exact_scores


@pytest.fixture(scope="session")
def naive_counts():
    return _naive_counts


@pytest.fixture(scope="session")
def random_codes():
    return _random_codes


@pytest.fixture(params=["numba", "numpy"])
def backend(request):
    if request.param == "numba":
        pytest.importorskip("numba", reason="numba is not installed")
    return request.param
