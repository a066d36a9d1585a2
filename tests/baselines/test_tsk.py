"""TSK: equal to a plain loop with dense graphs, indifferent to its rotation, and the known answers."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from mgah.baselines import tsk
from mgah.baselines.sdh import SDH
from mgah.baselines.tsk import TSK, best_rotation, neighbor_laplacian
from mgah.errors import InputError
from mgah.semantics.store import ClassSemantics

N, D, CLASSES, WIDTH, BITS = 90, 6, 5, 8, 6
LAM, ALPHA, BETA = 0.05, 0.2, 0.4  # weights at which every term counts on so few images
WEIGHTS = {"regularization": LAM, "fit_weight": ALPHA, "projection_ridge": BETA}


def sign(values):
    return np.where(values >= 0, 1.0, -1.0)


def unit(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def random_orthogonal(seed, width):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((width, width)))[0]


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    centers = random.standard_normal((CLASSES, D))
    features = (centers[labels] + 0.5 * random.standard_normal((N, D))).astype(np.float32)
    vectors = 1.0 + random.standard_normal((CLASSES, WIDTH))
    return features, labels, ClassSemantics.from_vectors(tuple("abcde"), vectors)


@pytest.fixture
def start(data):
    random = np.random.default_rng(1)
    rows = unit(data[0].astype(np.float64))
    return {
        "anchors": rows[random.permutation(N)[:20]],
        "initial_codes": sign(random.standard_normal((N, BITS))),
    }


def fit(data, **parameters):
    return TSK(**{"n_bits": BITS, "n_anchors": 20, "neighbors": 4} | parameters).fit(*data)


def dense_laplacian(rows, neighbors):
    """Loops over a dense affinity matrix."""
    n = len(rows)
    distances = np.array([[((x - z) ** 2).sum() for z in rows] for x in rows])
    nearest = []
    for i in range(n):
        others = [j for j in range(n) if j != i]
        nearest.append(sorted(others, key=lambda j: (distances[i, j], j))[:neighbors])
    scale = np.mean([distances[i, j] for i in range(n) for j in nearest[i]])
    affinity = np.zeros((n, n))
    for i in range(n):
        for j in nearest[i]:
            affinity[i, j] = affinity[j, i] = np.exp(-distances[i, j] / scale)
    return np.diag(affinity.sum(axis=1)) - affinity


def kernel_of(features, anchors, bandwidth):
    rows = unit(features.astype(np.float64))
    distances = ((rows[:, None] - anchors[None]) ** 2).sum(axis=2)
    return np.column_stack([np.exp(-distances / bandwidth), np.ones(len(rows))])


def plain_tsk(data, anchors, initial_codes, gamma, iterations, rotate=True, order="BRWP"):
    """TSK with dense matrices. Returns B, P, and the objective after every update."""
    features, labels, semantics = data
    vectors = unit(semantics.vectors)
    target = (vectors - vectors.mean(axis=0))[labels]
    rows = unit(features.astype(np.float64))
    bandwidth = ((rows[:, None] - anchors[None]) ** 2).sum(axis=2).mean()
    kernel, laplacian = kernel_of(features, anchors, bandwidth), dense_laplacian(rows, 4)
    system = ALPHA * kernel.T @ kernel + BETA * np.eye(21) + gamma * kernel.T @ laplacian @ kernel
    codes, rotation = initial_codes.copy(), random_orthogonal(0, WIDTH) if rotate else np.eye(WIDTH)

    def weight_step():
        return np.linalg.solve(codes.T @ codes + LAM * np.eye(BITS), codes.T @ target @ rotation)

    def projection_step():
        return np.linalg.solve(system, ALPHA * kernel.T @ codes)

    def value():
        hashed = kernel @ projection
        return (
            ((target @ rotation - codes @ weight) ** 2).sum()
            + LAM * (weight**2).sum()
            + ALPHA * ((codes - hashed) ** 2).sum()
            + BETA * (projection**2).sum()
            + gamma * np.trace(hashed.T @ laplacian @ hashed)
        )

    weight, projection = weight_step(), projection_step()
    values = [value()]
    for _ in range(iterations):
        for block in order:
            if block == "B":
                linear = ALPHA * kernel @ projection + target @ rotation @ weight.T
                for _ in range(10):
                    for k in range(BITS):
                        others = np.delete(codes, k, axis=1) @ np.delete(weight, k, axis=0)
                        codes[:, k] = sign(linear[:, k] - others @ weight[k])
            elif block == "R" and rotate:
                left, _, right = np.linalg.svd(target.T @ codes @ weight)
                rotation = left @ right
            elif block == "W":
                weight = weight_step()
            elif block == "P":
                projection = projection_step()
            values.append(value())
    return codes, projection, values


@pytest.mark.parametrize("gamma", [0.0, 0.05, 2.0])
def test_equal_to_a_plain_loop(data, start, gamma):
    method = fit(data, graph_weight=gamma, iterations=3, tolerance=0, **WEIGHTS, **start)
    _, projection, values = plain_tsk(data, **start, gamma=gamma, iterations=3)
    np.testing.assert_allclose(method.projection_, projection, atol=1e-9)
    np.testing.assert_allclose(method.objective_, values, rtol=1e-9)
    queries = np.random.default_rng(5).standard_normal((40, D)).astype(np.float32)
    kernel = kernel_of(queries, start["anchors"], method.bandwidth_)
    np.testing.assert_array_equal(method.encode(queries), sign(kernel @ projection))


def test_the_graph_term_matters_and_smooths(data, start):
    rows = unit(data[0].astype(np.float64))
    laplacian, roughness = neighbor_laplacian(rows, 4), []
    for gamma in (0.0, 0.1, 10.0):
        method = fit(data, graph_weight=gamma, **WEIGHTS, **start)
        hashed = kernel_of(data[0], start["anchors"], method.bandwidth_) @ method.projection_
        roughness.append((hashed * (laplacian @ hashed)).sum() / (hashed**2).sum())
    assert roughness[0] > roughness[1] > roughness[2]


def test_projection_meets_its_normal_equation(data, start):
    gamma = 0.3
    codes, _, _ = plain_tsk(data, **start, gamma=gamma, iterations=2)
    method = fit(data, graph_weight=gamma, iterations=2, tolerance=0, **WEIGHTS, **start)
    kernel = kernel_of(data[0], start["anchors"], method.bandwidth_)
    laplacian = dense_laplacian(unit(data[0].astype(np.float64)), 4)
    left = ALPHA * kernel.T @ (codes - kernel @ method.projection_)
    right = BETA * method.projection_ + gamma * kernel.T @ laplacian @ kernel @ method.projection_
    np.testing.assert_allclose(left, right, atol=1e-8)


@pytest.mark.parametrize("graph", ["outputs", "targets"])
@pytest.mark.parametrize("weights", [{}, WEIGHTS | {"graph_weight": 0.1}])
def test_objective_never_rises_after_any_block(data, graph, weights):
    objective = np.array(fit(data, graph=graph, tolerance=0, **weights).objective_)
    assert len(objective) == 1 + 4 * 10
    assert (np.diff(objective) <= 1e-9 * objective[0]).all()
    assert objective[-1] < 0.95 * objective[0]


def test_iterations_end_once_the_projection_settles(data):
    short, long = fit(data), fit(data, tolerance=0, iterations=30)
    assert len(short.objective_) < len(long.objective_) == 1 + 4 * 30
    np.testing.assert_array_equal(short.projection_, long.projection_)


def test_no_code_depends_on_the_rotation(data, start):
    given = {**WEIGHTS, **start, "graph_weight": 0.05, "iterations": 4, "tolerance": 0}
    queries = np.random.default_rng(5).standard_normal((200, D)).astype(np.float32)
    expected = fit(data, **given).encode(queries)
    for rotation in (np.eye(WIDTH), random_orthogonal(3, WIDTH)):
        np.testing.assert_array_equal(fit(data, **given, initial_rotation=rotation).encode(queries), expected)
    without = plain_tsk(data, **start, gamma=0.05, iterations=4, rotate=False)
    np.testing.assert_allclose(without[1], fit(data, **given).projection_, atol=1e-9)


def test_the_other_published_order_is_one_projection_behind(data, start):
    """P, B, R, W in place of B, R, W, P: its P of round t + 1 is that of round t here."""
    _, expected, _ = plain_tsk(data, **start, gamma=0.05, iterations=3, order="PBRW")
    method = fit(data, graph_weight=0.05, iterations=2, tolerance=0, **WEIGHTS, **start)
    np.testing.assert_allclose(method.projection_, expected, atol=1e-9)


def test_codes_depend_on_class_vectors_through_their_products_alone(data, start):
    features, labels, semantics = data
    given = {**WEIGHTS, **start, "graph_weight": 0.05}
    queries = np.random.default_rng(5).standard_normal((200, D)).astype(np.float32)
    expected = fit(data, **given).encode(queries)
    turned = replace(semantics, vectors=semantics.vectors @ random_orthogonal(4, WIDTH))
    np.testing.assert_array_equal(fit((features, labels, turned), **given).encode(queries), expected)
    # a source without vectors: the embedding of the cosines has the same products
    bare = replace(semantics, vectors=None)
    np.testing.assert_array_equal(fit((features, labels, bare), **given).encode(queries), expected)
    other = ClassSemantics.from_vectors(semantics.names, np.roll(semantics.vectors, 1, axis=0))
    assert (fit((features, labels, other), **given).encode(queries) != expected).any()


def test_one_hot_class_vectors_without_a_graph_are_sdh(data, start):
    """Also the cross-check of the two methods: same blocks, same order, same codes."""
    features, labels, semantics = data
    onehot = replace(semantics, vectors=np.eye(CLASSES))
    nu, ridge = 1e-2, 5e-2
    sdh = SDH(n_bits=BITS, sigma="mean", fit_weight=nu, projection_ridge=ridge, tolerance=0, **start)
    sdh.fit(features, labels, semantics)
    same = {"regularization": 1.0, "fit_weight": nu, "projection_ridge": nu * ridge, "iterations": 5}
    method = fit(
        (features, labels, onehot), **same, **start, graph_weight=0, center_semantics=False, tolerance=0
    )
    np.testing.assert_allclose(method.projection_, sdh.projection_, atol=1e-9)
    queries = np.random.default_rng(5).standard_normal((500, D)).astype(np.float32)
    np.testing.assert_array_equal(method.encode(queries), sdh.encode(queries))


def test_the_graph_term_on_class_vectors_is_constant(data, start):
    """tr(R^T T^T L T R) is the same for every rotation, so "targets" is the loop without a graph."""
    features, labels, semantics = data
    targets, laplacian = unit(semantics.vectors)[labels], dense_laplacian(unit(features.astype(float)), 4)
    rotated = [targets @ random_orthogonal(seed, WIDTH) for seed in range(3)]
    values = [np.trace(turned.T @ laplacian @ turned) for turned in rotated]
    np.testing.assert_allclose(values, np.trace(targets.T @ laplacian @ targets), rtol=1e-10)
    method = fit(data, graph="targets", graph_weight=7.0, neighbors=N + 5, **start)
    plain = fit(data, graph_weight=0, projection_ridge=1e-2, **start)
    np.testing.assert_array_equal(method.projection_, plain.projection_)


def test_published_ridges(data):
    for graph, ridge in (("outputs", 1e-4), ("targets", 1e-2)):
        given = fit(data, graph=graph, projection_ridge=ridge).projection_
        np.testing.assert_array_equal(fit(data, graph=graph).projection_, given)
        assert (fit(data, graph=graph, projection_ridge=3 * ridge).projection_ != given).any()


def test_laplacian_equals_a_dense_loop(data):
    rows = unit(data[0].astype(np.float64))
    laplacian = neighbor_laplacian(rows, 4)
    np.testing.assert_allclose(laplacian.toarray(), dense_laplacian(rows, 4), atol=1e-12)
    assert abs(laplacian - laplacian.T).max() == 0
    np.testing.assert_allclose(laplacian.sum(axis=1), 0, atol=1e-12)
    assert np.linalg.eigvalsh(laplacian.toarray())[0] > -1e-12
    off = laplacian.toarray()[~np.eye(N, dtype=bool)]
    assert (off <= 0).all()
    assert N * 4 <= (off < 0).sum() < 2 * N * 4  # joined when either has the other


def test_laplacian_does_not_depend_on_the_rows_taken_at_a_time(data, monkeypatch):
    rows = unit(data[0].astype(np.float64))
    whole = neighbor_laplacian(rows, 4).toarray()
    monkeypatch.setattr(tsk, "_ROWS", 7)
    np.testing.assert_allclose(neighbor_laplacian(rows, 4).toarray(), whole, atol=1e-12)


def test_ties_go_to_the_first_neighbors_and_no_row_is_its_own():
    corners = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])  # squared distances 2, 4, 2: exact
    degree = -(neighbor_laplacian(corners, 1).toarray() - np.diag([9.0] * 4))
    joined = {(i, j) for i in range(4) for j in range(i + 1, 4) if degree[i, j] > 0}
    assert joined == {(0, 1), (1, 2), (0, 3)}  # 0-1, 1-0, 2-1, 3-0
    copies = np.repeat(np.array([[1.0, 0], [0, 1]]), 3, axis=0)  # every distance to a copy is 0
    laplacian = neighbor_laplacian(copies, 2).toarray()
    np.testing.assert_array_equal(laplacian, np.kron(np.eye(2), 3 * np.eye(3) - 1))


@pytest.mark.slow
def test_no_matrix_of_all_pairs_of_images():
    rows = unit(np.random.default_rng(0).standard_normal((5000, 4)))
    tracemalloc.start()
    laplacian = neighbor_laplacian(rows, 5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert laplacian.nnz <= 5000 * (2 * 5 + 1)
    assert peak < 0.75 * 5000 * 5000 * 8


def test_best_rotation_is_orthogonal_and_reaches_the_nuclear_norm(data):
    random = np.random.default_rng(2)
    targets, sums = random.standard_normal((CLASSES, WIDTH)), random.standard_normal((CLASSES, WIDTH))
    rotation = best_rotation(targets, sums)
    np.testing.assert_allclose(rotation.T @ rotation, np.eye(WIDTH), atol=1e-12)
    product = targets.T @ sums
    assert np.trace(rotation.T @ product) == pytest.approx(np.linalg.norm(product, "nuc"), rel=1e-12)


def test_centering_saves_the_bits_that_all_class_vectors_share(data):
    features, labels, semantics = data
    shared = replace(semantics, vectors=semantics.vectors + 10)
    constant = {}
    for center in (True, False):
        codes = fit((features, labels, shared), n_bits=16, center_semantics=center).encode(features)
        constant[center] = (np.abs(codes.mean(axis=0)) == 1).sum()
    assert constant[True] == 0 < constant[False]


def test_queries_use_the_bandwidth_of_the_training_images(data, start):
    method = fit(data, **start)
    rows = unit(data[0].astype(np.float64))
    distances = ((rows[:, None] - start["anchors"][None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(method.bandwidth_, [distances.mean()], rtol=1e-12)
    queries = np.random.default_rng(5).standard_normal((40, D)).astype(np.float32)
    expected = sign(kernel_of(queries, start["anchors"], distances.mean()) @ method.projection_)
    np.testing.assert_array_equal(method.encode(queries), expected)
    np.testing.assert_array_equal(method.encode(queries[:1]), expected[:1])  # no statistic of the batch
    np.testing.assert_array_equal(method.encode(5 * queries), expected)


def test_methods_of_several_lengths_and_seeds_equal_single_fits(data):
    given = {"n_anchors": 20, "neighbors": 4}
    methods = [TSK(n_bits=bits, random_state=seed, **given) for bits, seed in ((3, 0), (5, 1), (8, 0))]
    TSK.fit_many(methods, *data)
    for method in methods:
        alone = fit(data, n_bits=method.n_bits, random_state=method.random_state)
        np.testing.assert_array_equal(method.projection_, alone.projection_)
        assert method.objective_ == alone.objective_


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"graph": "images"}, "TSK: graph is 'images', expected one of outputs, targets"),
        ({"graph": ["outputs"]}, "graph is"),
        ({"graph_weight": -1e-6}, "graph_weight is -1e-06, expected a number from 0 to inf"),
        ({"graph_weight": np.inf}, "graph_weight is inf"),
        ({"neighbors": 0}, "neighbors is 0, expected an integer of 1 or more"),
        ({"neighbors": N}, "neighbors is 90, expected fewer than the 90 training rows"),
        ({"projection_ridge": 0}, "projection_ridge is 0, expected a number above 0 or None"),
        ({"center_semantics": "yes"}, "center_semantics is 'yes'"),
        ({"fit_weight": 0}, "TSK: fit_weight is 0"),
        (
            {"regularization": 1e-15, "initial_codes": np.ones((N, BITS))},
            "TSK: regularization is 1e-15, which is lost in rounding beside the products of 90 codes: raise it",
        ),
        *(
            (
                {"projection_ridge": 1e-4, "graph_weight": 1e-6, "fit_weight": 1e-5, "n_anchors": N}
                | changed,
                r"TSK: projection_ridge is .*, graph_weight is .*, fit_weight is .*, with which the equations of the "
                r"projection have no solution in 64-bit numbers: choose values nearer to the defaults",
            )
            for changed in (
                {"graph_weight": 1e12},
                {"graph_weight": 1.7e308},
                {"fit_weight": 1e300},
                {"projection_ridge": 1.7e308},
            )
        ),
        (
            {"initial_rotation": np.eye(3)},
            r"initial_rotation is float64 of shape \(3, 3\), expected numbers of shape \(8, 8\)",
        ),
        ({"initial_rotation": np.ones((WIDTH, WIDTH))}, "is no rotation"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, parameters, words):
    with pytest.raises(InputError, match=words):
        fit(data, **parameters)


def test_a_given_rotation_is_checked_before_the_graph_of_all_rows_is_computed(data, monkeypatch):
    monkeypatch.setattr(tsk, "neighbor_laplacian", lambda *_: pytest.fail("the graph was computed first"))
    with pytest.raises(InputError, match="initial_rotation"):
        fit(data, initial_rotation=np.eye(3))


def test_class_vectors_that_say_nothing_are_one_clear_error(data):
    features, labels, semantics = data
    alike = replace(semantics, vectors=np.ones((CLASSES, WIDTH)) / 3)
    with pytest.raises(InputError, match=r"classes \['a', .* have no direction of their own"):
        fit((features, labels, alike))
