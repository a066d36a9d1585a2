"""The linear model of DOPH: closed forms against explicit projections, and the search for class codes."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from mgah.baselines._hadamard import hadamard, orthogonal_codes
from mgah.baselines._orthogonal import ClassCodeProblem, ridge_solution
from mgah.baselines.doph_linear import DOPHLinear
from mgah.normalization import l2_rows
from mgah.seeds import generator
from mgah.semantics.store import ClassSemantics

CLASSES = 7


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(210) % CLASSES
    features = random.standard_normal((CLASSES, 12))[labels] + 0.8 * random.standard_normal((210, 12)) + 2
    semantics = ClassSemantics.from_vectors(
        [f"c{c}" for c in range(CLASSES)], random.standard_normal((CLASSES, 9))
    )
    return features.astype(np.float32), labels, semantics


def problem(data, alpha=0.8, beta=3.0, ridge_features=0.5, ridge_semantics=2.0):
    features, labels, semantics = data
    return ClassCodeProblem.build(
        features, labels, l2_rows(semantics.vectors), alpha, beta, ridge_features, ridge_semantics
    )


def random_signs(n_bits, seed=0, classes=CLASSES):
    return np.random.default_rng(seed).choice([-1.0, 1.0], (classes, n_bits))


# class codes


@pytest.mark.parametrize("order", [1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 44, 48, 64, 96, 128, 512])
def test_hadamard_matrices_are_signs_with_orthogonal_rows(order):
    matrix = hadamard(order)
    assert set(np.unique(matrix)) <= {-1, 1}
    np.testing.assert_array_equal(matrix @ matrix.T, order * np.eye(order))


@pytest.mark.parametrize("order", [0, 3, 6, 7, 10, 18, 30, 50])
def test_other_orders_have_no_hadamard_matrix(order):
    assert hadamard(order) is None


@pytest.mark.parametrize("n_bits", [8, 16, 32, 48])
@pytest.mark.parametrize("classes", [6, 8])
def test_orthogonal_codes_are_half_the_bits_apart_and_no_bit_is_dead(n_bits, classes):
    """48 bits need no random code book: Paley's matrix is exact. Rows as they come would hold a constant bit."""
    for seed in range(20):
        codes = orthogonal_codes(classes, n_bits, np.random.default_rng(seed))
        np.testing.assert_array_equal(codes @ codes.T, n_bits * np.eye(classes))
        distances = (codes[:, None] != codes[None]).sum(axis=-1)
        assert set(np.unique(distances)) == {0, n_bits // 2}
        assert not (codes == codes[0]).all(axis=0).any()


def test_codes_for_few_classes_hold_as_few_constant_bits_as_a_hundred_draws_find():
    codes = orthogonal_codes(2, 8, np.random.default_rng(0))
    assert (codes[0] == codes[1]).sum() == 4  # two orthogonal rows agree in half of the bits


def test_more_classes_than_bits_start_at_random(data):
    assert orthogonal_codes(9, 8, np.random.default_rng(0)) is None
    start = problem(data).start(4, np.random.default_rng(0))
    assert start.shape == (CLASSES, 4)
    assert set(np.unique(start)) == {-1, 1}


# the linear model


@pytest.mark.parametrize("n_bits", [4, 8])
def test_the_objective_equals_the_one_with_explicit_projections(data, n_bits):
    features, labels, semantics = data
    built, codes = problem(data), random_signs(n_bits)
    x = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    a = l2_rows(semantics.vectors)
    a = a - a.mean(axis=0)
    g_x, g_a = 0.5 * np.trace(x.T @ x) / 12, 2.0 * np.trace(a.T @ a) / min(CLASSES - 1, 9)
    targets = codes[labels]
    w = np.linalg.solve(x.T @ x + g_x * np.eye(12), x.T @ targets)
    v = np.linalg.solve(a.T @ a + g_a * np.eye(9), a.T @ codes)
    expected = (((targets - x @ w) ** 2).sum() + g_x * (w**2).sum()) / (210 * n_bits)
    expected += 0.8 * (((codes - a @ v) ** 2).sum() + g_a * (v**2).sum()) / (CLASSES * n_bits)
    gram = codes @ codes.T - n_bits * np.eye(CLASSES)
    expected += 3.0 * (gram**2).sum() / (CLASSES * n_bits) ** 2
    assert built.objective(codes) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(built.feature_ridge @ codes, w, atol=1e-12)
    np.testing.assert_allclose(built.semantic_ridge(2.0) @ codes, v, atol=1e-12)


@pytest.mark.parametrize("n_bits", [4, 8, 10])
def test_the_search_never_rises_and_ends_where_no_flip_helps(data, n_bits):
    built = problem(data)
    start = random_signs(n_bits)
    codes, objective = built.search(start, 50, np.random.default_rng(0))
    assert (np.diff(objective) <= 1e-12).all()
    assert objective[0] == built.objective(start)
    assert objective[-1] == built.objective(codes) < objective[0] - 0.05
    assert 3 <= len(objective) < 30
    for c in range(CLASSES):
        for bit in range(n_bits):
            flipped = codes.copy()
            flipped[c, bit] *= -1
            assert built.objective(flipped) >= objective[-1] - 1e-12


def test_the_search_is_not_held_by_projections_fitted_to_its_start(data):
    """With W and V held fixed the diagonal of P votes for the current codes: hardly an entry moves."""
    built, start = problem(data, ridge_features=0.01, ridge_semantics=0.01), random_signs(8)
    codes, _ = built.search(start, 50, np.random.default_rng(0))
    held = np.where(built.affinity @ start >= 0, 1, -1)
    assert (codes != start).mean() > 2 * (held != start).mean()


def test_no_code_of_more_classes_than_bits_beats_the_welch_bound(data):
    built = problem(data, alpha=0.0, beta=100.0)
    for seed in range(5):
        codes, _ = built.search(random_signs(4, seed), 50, np.random.default_rng(0))
        products = codes @ codes.T - 4 * np.eye(CLASSES)
        assert (products**2).sum() >= 4 * CLASSES * (CLASSES - 4)


def test_without_semantics_and_with_a_stiff_ridge_orthogonality_remains(data):
    built, codes = problem(data, alpha=0.0, beta=3.0, ridge_features=1e12), random_signs(8)
    products = codes @ codes.T - 8 * np.eye(CLASSES)
    assert built.objective(codes) == pytest.approx(1 + 3 * (products**2).sum() / 56**2, rel=1e-9)


def test_flipped_and_permuted_bits_flip_and_permute_the_encoder(data):
    built, codes = problem(data), random_signs(8)
    changed = (codes * [1, -1, 1, 1, -1, -1, 1, 1])[:, [3, 1, 0, 2, 7, 6, 5, 4]]
    assert built.objective(changed) == pytest.approx(built.objective(codes), rel=1e-12)
    weight = built.feature_ridge @ codes
    expected = (weight * [1, -1, 1, 1, -1, -1, 1, 1])[:, [3, 1, 0, 2, 7, 6, 5, 4]]
    np.testing.assert_allclose(built.feature_ridge @ changed, expected, atol=1e-14)


def test_without_sweeps_it_is_a_ridge_classifier_read_through_orthogonal_codes(data):
    features, labels, semantics = data
    method = DOPHLinear(n_bits=8, sweeps=0).fit(features, labels, semantics)
    assert len(method.objective_) == 1
    x = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    ridge = Ridge(alpha=np.trace(x.T @ x) / 12, fit_intercept=False, solver="cholesky")
    scores = x @ ridge.fit(x, np.eye(CLASSES)[labels]).coef_.T
    codes = orthogonal_codes(CLASSES, 8, generator(0, "class codes"))
    projected = features @ method.hash_weight_.T + method.hash_bias_
    np.testing.assert_allclose(projected, scores @ codes, atol=1e-9)
    np.testing.assert_array_equal(method.encode(features), np.where(scores @ codes >= 0, 1, -1))
    nearest = ((projected[:, None] - codes) ** 2).sum(axis=-1).argmin(axis=1)
    np.testing.assert_array_equal(nearest, scores.argmax(axis=1))
    other = DOPHLinear(n_bits=8, sweeps=0, random_state=5).fit(features, labels, semantics)
    lengths = np.linalg.norm(features @ other.hash_weight_.T + other.hash_bias_, axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(projected, axis=1), rtol=1e-9)


def test_the_mean_is_no_column_that_the_ridge_shrinks(data):
    features, labels, semantics = data
    plain = DOPHLinear(n_bits=8).fit(features, labels, semantics)
    moved = DOPHLinear(n_bits=8).fit(features + 64, labels, semantics)  # exact in float32 up to rounding
    assert (plain.encode(features) == moved.encode(features + 64)).mean() > 0.999


def test_semantics_pull_like_classes_together(data):
    features, labels, semantics = data
    vectors = semantics.vectors.copy()
    vectors[1] = vectors[0] + 0.01
    twins = ClassSemantics.from_vectors(semantics.names, vectors)
    agreement = []
    for alpha in (0.0, 10.0):
        built = problem((features, labels, twins), alpha=alpha, beta=0.1, ridge_semantics=0.5)
        codes, _ = built.search(random_signs(16), 50, np.random.default_rng(0))
        agreement.append(codes[0] @ codes[1])
    assert agreement[1] >= agreement[0] + 4


def test_a_vanishing_semantic_ridge_takes_the_influence_of_semantics(data):
    """With as many dimensions as classes V then fits any codes, so that the semantics say nothing about them."""
    weak = problem(data, alpha=1.0, ridge_semantics=1e-9).affinity - problem(data, alpha=0.0).affinity
    centered = np.eye(CLASSES) - 1 / CLASSES
    np.testing.assert_allclose(weak, centered / CLASSES, atol=1e-6)


def test_equal_class_vectors_are_no_semantics_at_all(data):
    features, labels, semantics = data
    same = ClassSemantics.from_vectors(semantics.names, np.ones((CLASSES, 3)))
    np.testing.assert_allclose(
        problem((features, labels, same)).affinity, problem(data, alpha=0.0).affinity, atol=1e-15
    )
    np.testing.assert_array_equal(ridge_solution(np.zeros((2, 2)), np.zeros((2, 3)), 1.0), np.zeros((2, 3)))
