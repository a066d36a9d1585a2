"""IMH: weights, Laplacian and eigenmaps against loops, joined components, and the known answers."""

from itertools import product

import numpy as np
import pytest

from mgah.baselines import imh
from mgah.baselines.imh import IMH
from mgah.errors import InputError
from mgah.normalization import l2_rows
from mgah.semantics.store import ClassSemantics

SEMANTICS = ClassSemantics(("a", "b"), np.eye(2))


def fit(features, **parameters):
    return IMH(**parameters).fit(features, np.arange(len(features)) % 2, SEMANTICS)


@pytest.fixture
def features():
    random = np.random.default_rng(0)
    centers = random.standard_normal((6, 12))
    return (centers[np.arange(200) % 6] + 0.6 * random.standard_normal((200, 12))).astype(np.float32)


@pytest.fixture
def anchors(features):
    return imh.k_means(l2_rows(features.astype(np.float64)), 30, np.random.default_rng(1))


def clusters(sizes, spread, seed=0):
    """Tight clusters on the axes of a space, far from each other, and their numbers."""
    random = np.random.default_rng(seed)
    number = np.repeat(np.arange(len(sizes)), sizes)
    return (
        np.eye(len(sizes) + 3)[number] + spread * random.standard_normal((len(number), len(sizes) + 3))
    ).astype(np.float32), number


def twin_of_k_means(rows, centers, iterations):
    for _ in range(iterations):
        distances = ((rows[:, None] - centers) ** 2).sum(axis=2)
        nearest = distances.argmin(axis=1)
        counts = np.bincount(nearest, minlength=len(centers))
        assert counts.min() > 0
        centers = np.array([rows[nearest == j].mean(axis=0) for j in range(len(centers))])
    return centers


def test_k_means_equals_ten_lloyd_steps_from_random_rows():
    rows = np.random.default_rng(0).random((1500, 2))  # without clusters, so that ten steps do not converge
    start = rows[np.sort(np.random.default_rng(1).permutation(1500)[:20])]
    centers = imh.k_means(rows, 20, np.random.default_rng(1))
    np.testing.assert_allclose(centers, twin_of_k_means(rows, start, 10), rtol=1e-10)
    assert not np.allclose(centers, twin_of_k_means(rows, start, 9))
    assert not np.allclose(centers, twin_of_k_means(rows, start, 11))
    np.testing.assert_allclose(imh.k_means(rows[:15], 20, np.random.default_rng(1)), rows[:15], rtol=1e-12)


def test_an_empty_cluster_takes_the_farthest_row(monkeypatch):
    # two starts on equal rows: the second one is never nearest
    rows = np.array([[0.0, 0], [0, 0], [0, 1], [0, 3], [9, 9]])
    monkeypatch.setattr(imh, "random_subset", lambda n, m, rng: np.array([0, 1]))
    centers = imh.k_means(rows, 2, np.random.default_rng(0))
    np.testing.assert_allclose(centers[np.argsort(centers[:, 0])], [[0, 1], [9, 9]])


def twin_of_weights(rows, anchors, count):
    """Z and sigma of the authors' formulas, by loops; dense (n, m)."""
    distances = np.array([[np.sqrt(((row - anchor) ** 2).sum()) for anchor in anchors] for row in rows])
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    sigma = np.mean([distances[i, order[i, -1]] for i in range(len(rows))])
    weights = np.zeros_like(distances)
    for i, j in product(range(len(rows)), range(count)):
        weights[i, order[i, j]] = np.exp(-(distances[i, order[i, j]] ** 2) / sigma**2)
    return weights, sigma


def test_weights_and_codes_equal_the_slow_twin(features, anchors):
    method = fit(features, n_bits=8, anchors=anchors, neighbors=4)
    weights, sigma = twin_of_weights(l2_rows(features.astype(np.float64)), anchors, 4)
    np.testing.assert_allclose(method.bandwidth_, [sigma**2], rtol=1e-12)
    relation = weights / weights.sum(axis=1, keepdims=True)
    values = relation @ method.embedding_
    np.testing.assert_array_equal(method.encode(features), np.where(values >= 0, 1, -1))
    assert (np.abs(values) <= np.abs(method.embedding_).max(axis=0)).all()
    nearest, squared = imh.nearest_anchors(l2_rows(features.astype(np.float64)), anchors, 4)
    own = imh.averaging_weights(squared, method.bandwidth_)
    assert own.shape == (200, 4)
    np.testing.assert_allclose(own.sum(axis=1), 1, atol=1e-12)
    assert (own > 0).all()
    np.testing.assert_allclose(own, np.take_along_axis(relation, nearest, axis=1), rtol=1e-9)


def test_affinity_has_the_laplacian_of_the_papers_objective(features, anchors):
    rows = l2_rows(features.astype(np.float64))
    weights, sigma = twin_of_weights(rows, anchors, 5)
    graph, base_sigma = twin_of_weights(anchors, anchors, 20)
    graph = np.maximum(graph, graph.T)
    np.fill_diagonal(graph, 0)
    relation = weights / weights.sum(axis=1, keepdims=True)
    expected = np.diag(graph.sum(axis=1)) - graph + 2 * (np.diag(weights.sum(axis=0)) - relation.T @ weights)
    assert base_sigma != pytest.approx(sigma, rel=0.05)  # each graph has its own

    nearest, squared = imh.nearest_anchors(rows, anchors, 5)
    shared = imh.shared_images(nearest, squared, sigma**2, 30)
    np.testing.assert_array_equal(shared, shared.T)
    affinity = imh.base_affinity(anchors, 20, 2 * shared)
    laplacian = np.diag(affinity.sum(axis=1)) - affinity
    np.testing.assert_allclose(laplacian, expected, rtol=1e-9, atol=1e-10)
    largest = np.linalg.eigvalsh(laplacian)[-1]
    np.testing.assert_allclose(laplacian.sum(axis=1), 0, atol=1e-12 * largest)
    assert np.linalg.eigvalsh(laplacian)[0] > -1e-9 * largest

    eigenvalues, vectors = imh.laplacian_eigenmaps(affinity)
    assert (np.diff(eigenvalues) >= 0).all()
    assert eigenvalues[0] > 0
    np.testing.assert_allclose(laplacian @ vectors, vectors * eigenvalues, atol=1e-8 * largest)
    np.testing.assert_allclose(vectors.T @ vectors, 30 * np.eye(29), atol=1e-8)
    np.testing.assert_allclose(vectors.sum(axis=0), 0, atol=1e-8)
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(29)] > 0).all()

    method = fit(features, n_bits=7, anchors=anchors)
    np.testing.assert_array_equal(method.embedding_, vectors[:, :7])
    np.testing.assert_allclose(
        method.objective_, np.diag(method.embedding_.T @ expected @ method.embedding_) / 30, rtol=1e-8
    )


def test_relation_weight_is_used(features, anchors):
    plain, weighted = (fit(features, n_bits=7, anchors=anchors, relation_weight=w) for w in (0.0, 5.0))
    _, vectors = imh.laplacian_eigenmaps(imh.base_affinity(anchors, 20, np.zeros((30, 30))))
    np.testing.assert_allclose(plain.embedding_, vectors[:, :7], rtol=1e-12)
    assert not np.allclose(plain.embedding_, weighted.embedding_)


def test_a_vanishing_bandwidth_gives_anchors_their_own_signs(features, anchors):
    method = fit(features, n_bits=8, anchors=anchors)
    method.bandwidth_ = np.array([1e-250])
    own_length = anchors / np.linalg.norm(anchors, axis=1, keepdims=True)
    method.anchors_ = own_length  # encoding brings rows to unit length, and centers are shorter than that
    np.testing.assert_array_equal(
        method.encode(own_length.astype(np.float32)), np.where(method.embedding_ >= 0, 1, -1)
    )


def test_two_weakly_joined_clusters_are_told_apart_by_the_first_bit():
    features, number = clusters((40, 60), 0.05)
    method = fit(features, n_bits=2, n_anchors=30, base_neighbors=20)
    bit = method.encode(features)[:, 0]
    assert len(set(bit[number == 0])) == len(set(bit[number == 1])) == 1
    assert bit[0] != bit[-1]


def test_separate_clusters_get_pure_and_different_codes():
    features, number = clusters((60, 60, 60), 0.02)
    # of twelve draws of anchors one (seed 0) puts a cluster across a threshold
    method = fit(features, n_bits=2, n_anchors=45, neighbors=3, base_neighbors=5, random_state=1)
    nearest, squared = imh.nearest_anchors(l2_rows(features.astype(np.float64)), method.anchors_, 3)
    shared = imh.shared_images(nearest, squared, float(method.bandwidth_[0]), 45)
    joined = imh.base_affinity(method.anchors_, 5, 2 * shared)
    cluster_of_anchor = method.anchors_[:, :3].argmax(axis=1)
    between = joined * (cluster_of_anchor[:, None] != cluster_of_anchor)
    assert np.count_nonzero(between) == 4  # two edges, each way
    codes = method.encode(features)
    pure = [np.unique(codes[number == c], axis=0) for c in range(3)]
    assert [len(code) for code in pure] == [1, 1, 1]
    assert len(np.unique(np.concatenate(pure), axis=0)) == 3
    # an absolute threshold of 1e-3 on eigenvalues would drop the first of these, which separate the clusters
    assert 0 < method.objective_[0] < 1e-3 < imh.laplacian_eigenmaps(joined)[0][2]


def test_joining_edges_are_the_shortest_between_components():
    places = np.array([0.0, 1, 2, 10, 11, 25, 26])
    squared = (places[:, None] - places) ** 2
    affinity = np.where(squared <= 1, 1.0, 0.0) - np.eye(7)
    first, second = imh.joining_edges(affinity, squared)
    assert {tuple(sorted(edge)) for edge in zip(first.tolist(), second.tolist(), strict=True)} == {
        (2, 3),
        (4, 5),
    }
    connected = np.where(squared <= 300, 1.0, 0.0)
    assert len(imh.joining_edges(connected, squared)[0]) == 0


def test_a_joining_edge_has_the_kernel_weight_or_a_thousandth_of_the_median():
    places = np.array([[0.0], [1], [2], [30], [31], [32]])
    affinity = imh.base_affinity(places, 2, np.zeros((6, 6)))
    assert affinity[2, 3] == affinity[3, 2] == pytest.approx(1e-3 * np.exp(-1))
    near = np.array([[0.0], [1], [3], [4]])
    assert imh.base_affinity(near, 2, np.zeros((4, 4)))[1, 2] == pytest.approx(np.exp(-4))


def test_a_query_far_from_every_center_keeps_its_weights():
    features, _ = clusters((40, 60), 0.002)
    method = fit(features, n_bits=2, n_anchors=30)
    far = -features[:1]
    _, squared = imh.nearest_anchors(l2_rows(far.astype(np.float64)), method.anchors_, 5)
    assert (np.exp(-squared / method.bandwidth_) == 0).all()  # raw weights would make every bit sgn(0)
    assert np.isfinite(imh.averaging_weights(squared, method.bandwidth_)).all()
    negative = fit(features, n_bits=2, anchors=method.anchors_, initial_embedding=-np.ones((30, 2)))
    np.testing.assert_array_equal(negative.encode(far), [[-1, -1]])


def test_codes_of_a_query_do_not_depend_on_other_queries(features):
    method = fit(features, n_bits=8, n_anchors=30)
    others = np.concatenate([features[:1], 100 * features[50:51] - 7, -features[20:30]])
    np.testing.assert_array_equal(method.encode(others)[:1], method.encode(features[:1]))


def test_the_order_of_training_rows_and_their_length_change_nothing(features, anchors):
    plain = fit(features, n_bits=8, anchors=anchors)
    order = np.random.default_rng(4).permutation(200)
    np.testing.assert_array_equal(
        fit(features[order], n_bits=8, anchors=anchors).encode(features), plain.encode(features)
    )
    np.testing.assert_array_equal(plain.encode(4 * features), plain.encode(features))


def test_given_starts_replace_the_draws(features, anchors):
    embedding = np.random.default_rng(5).standard_normal((30, 3))
    method = fit(features, n_bits=3, anchors=anchors, initial_embedding=embedding)
    np.testing.assert_array_equal(method.embedding_, embedding)
    np.testing.assert_array_equal(method.anchors_, anchors)
    seeds = [fit(features, n_bits=3, anchors=anchors, random_state=seed).encode(features) for seed in (0, 1)]
    np.testing.assert_array_equal(*seeds)


@pytest.mark.slow
def test_tsne_is_centered_repeats_and_keeps_neighbors(features):
    number = np.arange(200) % 6
    methods = [fit(features, n_bits=4, n_anchors=60, embedding="tsne", random_state=s) for s in (0, 0, 1)]
    np.testing.assert_array_equal(methods[0].embedding_, methods[1].embedding_)
    assert not np.allclose(methods[0].embedding_, methods[2].embedding_)
    np.testing.assert_allclose(methods[0].embedding_.mean(axis=0), 0, atol=1e-9)
    assert len(methods[0].objective_) == 1
    codes = methods[0].encode(features).astype(int)
    agreement, same = codes @ codes.T, number[:, None] == number
    assert agreement[same].mean() > agreement[~same].mean() + 1


def test_methods_of_several_seeds_fitted_together_equal_single_fits(features):
    together = [IMH(n_bits=4 + seed, random_state=seed, n_anchors=30) for seed in (0, 1)]
    IMH.fit_many(together, features, np.arange(200) % 2, SEMANTICS)
    for method in together:
        alone = fit(features, n_bits=method.n_bits, random_state=method.random_state, n_anchors=30)
        np.testing.assert_array_equal(method.embedding_, alone.embedding_)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_bits": 30, "n_anchors": 30}, "30 anchors of 200 training rows, expected 31 or more for 30 bits"),
        ({"n_bits": 200}, "200 anchors of 200 training rows, expected 201"),
        ({"n_anchors": 19}, "expected 20 or more"),
        ({"n_anchors": 2.5}, "n_anchors is 2.5, expected an integer"),
        ({"neighbors": 0}, "neighbors is 0"),
        ({"base_neighbors": 1}, "base_neighbors is 1, expected an integer of 2 or more"),
        ({"embedding": "umap"}, "embedding is 'umap', expected one of le, tsne"),
        ({"relation_weight": -1}, "relation_weight is -1"),
        ({"relation_weight": "2"}, "relation_weight is '2', expected a number from 0 to inf"),
        ({"perplexity": "ten"}, "perplexity is 'ten', expected a number above 0"),
        ({"embedding": "tsne", "perplexity": 400}, "perplexity is 400, expected below the 200 anchors"),
        ({"anchors": np.zeros((30, 5))}, r"anchors is float64 of shape \(30, 5\)"),
        ({"initial_embedding": np.zeros((30, 4)), "n_anchors": 40}, r"expected .* \(40, 4\)"),
        (
            {"initial_embedding": np.full((200, 4), np.nan)},
            "initial_embedding has values that are not finite",
        ),
        ({"initial_embedding": [[1.0], [1.0, 2.0]]}, "initial_embedding cannot be read as an array"),
    ],
)
def test_bad_parameters_are_one_clear_error(features, parameters, words):
    with pytest.raises(InputError, match=words):
        fit(features, **({"n_bits": 4} | parameters))


def test_rows_that_all_lie_on_their_anchors_are_one_clear_error():
    points = np.eye(4, dtype=np.float32)
    with pytest.raises(InputError, match="all neighbors of all rows are equal"):
        fit(points[np.arange(40) % 2], n_bits=4, anchors=points[np.arange(30) % 2])
