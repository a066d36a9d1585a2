"""Average precision of float rows ranked by cosine, against rankings by hand."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.metrics import cosine
from mgah.metrics.cosine import cosine_average_precision


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_equals_ranking_by_hand(exact_average_precision, monkeypatch):
    generator = np.random.default_rng(0)
    rows, labels = unit(generator.normal(size=(90, 5))), generator.integers(0, 3, 90)
    rows[40:50] = rows[30:40]  # duplicates: ties in database order
    queries, query_labels = rows[:30], labels[:30]
    monkeypatch.setattr(cosine, "_CELLS", 200)  # blocks of a few queries
    found = cosine_average_precision(queries, query_labels, rows, labels)
    own = cosine_average_precision(queries, query_labels, rows, labels, own=np.arange(30))
    similarity = queries @ rows.T
    for i in range(30):
        order = sorted(range(90), key=lambda j: (-similarity[i, j], j))
        relevant = [int(labels[j] == query_labels[i]) for j in order]
        assert found[i] == pytest.approx(float(exact_average_precision(relevant)), abs=1e-12)
        relevant = [int(labels[j] == query_labels[i]) for j in order if j != i]
        assert own[i] == pytest.approx(float(exact_average_precision(relevant)), abs=1e-12)
    assert np.isnan(cosine_average_precision(queries[:1], np.array([9]), rows, labels)[0])


def test_order_is_a_stable_sort():
    generator = np.random.default_rng(0)
    values = np.round(generator.normal(size=3000), 1).astype(np.float32)  # many ties, of 0 and -0 too
    values[::7], values[1::7], values[5], values[6] = 0.0, -0.0, -np.inf, 1e-40
    assert np.array_equal(cosine._by_similarity(values), np.argsort(-values, kind="stable"))


@pytest.mark.parametrize("rows", [np.ones((2, 3)), np.ones((2, 4), np.float32), np.ones((0, 3), np.float32)])
def test_bad_rows(rows):
    with pytest.raises(InputError, match="expected float32"):
        cosine_average_precision(np.ones((1, 3), np.float32), np.array([0]), rows, np.zeros(len(rows), int))
