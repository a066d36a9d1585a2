"""Items with several labels: counts and rankings against a comparison of every pair."""

import numpy as np
import pytest

from mgah.metrics import mean_average_precision, score_queries


@pytest.fixture(params=[5, 12, 70])
def data(request, random_codes):
    generator = np.random.default_rng(request.param)
    codes, _ = random_codes(generator, 140, request.param)
    labels = generator.random((140, 6)) < 0.25
    labels[:3], labels[3] = [True, False, True, False, False, False], False
    return codes[:15], labels[:15], codes[15:], labels[15:]


def test_counts_of_shared_labels_equal_those_of_every_pair(data, backend):
    queries, query_labels, codes, labels = data
    scores = score_queries(queries, query_labels * 1, codes, labels * 1.0, backend=backend)
    cnt, rel = np.zeros((2, len(queries), codes.shape[1] + 1), np.int64)
    for i, query in enumerate(queries):
        for code, own in zip(codes, labels, strict=True):
            distance = int((query != code).sum())
            cnt[i, distance] += 1
            rel[i, distance] += bool(set(np.flatnonzero(own)) & set(np.flatnonzero(query_labels[i])))
    assert np.array_equal(scores.cnt, cnt) and np.array_equal(scores.rel, rel)
    assert np.isnan(scores.average_precision()[3]) and rel[:3].any()


def test_ties_in_database_order_equal_a_sorted_ranking(data, exact_average_precision):
    queries, query_labels, codes, labels = data
    expected = []
    for query, own in zip(queries, query_labels, strict=True):
        order = np.argsort((codes != query).sum(axis=1), kind="stable")
        exact = exact_average_precision([int((labels[i] & own).any()) for i in order])
        expected += [] if exact is None else [float(exact)]
    found = mean_average_precision(queries, query_labels, codes, labels, ties="stable")
    assert found == pytest.approx(np.mean(expected), abs=1e-12)
