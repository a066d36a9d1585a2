"""Scores of codes in one call."""

import math
import subprocess
import sys

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.metrics import mean_average_precision, precision_at_radius
from mgah.metrics.from_counts import chance_average_precision


@pytest.fixture
def data(random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 260, 12)
    return codes[:20], labels[:20], codes[20:], labels[20:]


def test_mean_over_queries(data, backend, exact_average_precision, naive_counts):
    queries, query_labels, codes, labels = data
    stable, ball = [], []
    for query, label in zip(queries, query_labels, strict=True):
        distances = (codes != query).sum(axis=1)
        order = np.argsort(distances, kind="stable")
        stable.append(float(exact_average_precision((labels[order] == label).astype(int).tolist())))
        inside = labels[distances <= 3] == label
        ball.append(inside.mean() if len(inside) else 0.0)
    assert mean_average_precision(*data, ties="stable", backend=backend) == pytest.approx(
        np.mean(stable), abs=1e-12
    )
    assert precision_at_radius(*data, radius=3, backend=backend) == pytest.approx(np.mean(ball), abs=1e-14)
    value = mean_average_precision(*data, backend=backend)
    generator = np.random.default_rng(1)
    orders = [generator.permutation(len(codes)) for _ in range(400)]
    sampled = [
        mean_average_precision(queries, query_labels, codes[o], labels[o], ties="stable") for o in orders
    ]
    assert abs(value - np.mean(sampled)) <= 4 * np.std(sampled) / math.sqrt(len(sampled))


def test_back_ends_and_orders_give_the_same_bits(data):
    pytest.importorskip("numba", reason="numba is not installed")
    queries, query_labels, codes, labels = data
    order = np.random.default_rng(0).permutation(len(codes))
    for ties in ("expected", "stable"):
        assert (
            len({mean_average_precision(*data, ties=ties, backend=name) for name in ("numba", "numpy")}) == 1
        )
    assert mean_average_precision(*data) == mean_average_precision(
        queries, query_labels, codes[order], labels[order]
    )


def test_input_is_never_modified(data, backend):
    for array in data:
        array.setflags(write=False)
    before = [array.copy() for array in data]
    for ties in ("expected", "stable"):
        mean_average_precision(*data, ties=ties, backend=backend)
    precision_at_radius(*data, backend=backend)
    assert all(np.array_equal(a, b) for a, b in zip(before, data, strict=True))


def test_constant_codes_over_a_class_sorted_database_score_chance():
    """Evaluators that sort see a class-sorted database in its order and score the first class as perfect."""
    labels = np.repeat(np.arange(10), 50)
    codes = np.ones((500, 16), np.int8)
    one = codes[:1], labels[:1], codes, labels
    chance = chance_average_precision(np.array([[500]]), np.array([[50]]))[0]
    assert mean_average_precision(*one) == chance < 0.12
    assert mean_average_precision(*one, ties="stable") == 1.0
    assert precision_at_radius(*one) == 0.1


def test_every_bit_twice_is_the_same_ranking(data):
    queries, query_labels, codes, labels = data
    twice = np.repeat(queries, 2, axis=1), query_labels, np.repeat(codes, 2, axis=1), labels
    assert mean_average_precision(*twice) == mean_average_precision(*data)


def test_queries_without_relevant_items(data):
    queries, query_labels, codes, labels = data
    some = np.where(np.arange(len(query_labels)) < 5, 99, query_labels)
    value = mean_average_precision(queries[5:], query_labels[5:], codes, labels)
    assert mean_average_precision(queries, some, codes, labels) == value
    assert math.isnan(mean_average_precision(queries, np.full_like(query_labels, 99), codes, labels))
    share = precision_at_radius(queries[5:], query_labels[5:], codes, labels) * 15 / 20
    assert precision_at_radius(queries, some, codes, labels) == pytest.approx(share, abs=1e-15)


def test_bad_input(data):
    queries, query_labels, codes, labels = data
    for call, message in (
        (
            lambda: mean_average_precision(queries[:, :8], query_labels, codes, labels),
            "8 bits and the database 12",
        ),
        (lambda: mean_average_precision(queries[:0], query_labels[:0], codes, labels), "no queries"),
        (lambda: mean_average_precision(queries, query_labels, codes[:0], labels[:0]), "empty"),
        (lambda: mean_average_precision(*data, ties="random"), "expected, stable"),
        (
            lambda: mean_average_precision((queries + 1) // 2, query_labels, codes, labels),
            "query codes hold 0 and 1",
        ),
        (lambda: precision_at_radius(*data, radius=-1), "integer of 0 or more"),
        (lambda: precision_at_radius(*data, radius=2.0), "integer"),
    ):
        with pytest.raises(InputError, match=message):
            call()


def test_import_is_light():
    program = "import sys, mgah.metrics; print([m for m in ('numba', 'torch', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
