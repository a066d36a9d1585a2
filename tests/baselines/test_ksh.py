"""KSH: the residue's identities, the refinement against a slow twin, and the known answers."""

from itertools import product

import numpy as np
import pytest
from scipy.linalg import eigh

from mgah.baselines import ksh
from mgah.baselines.ksh import (
    KSH,
    Residue,
    bits_of,
    greedy_bits,
    refine,
    spectral_direction,
    spectral_problem,
)
from mgah.errors import InputError
from mgah.normalization import l2_rows
from mgah.seeds import generator
from mgah.semantics.store import ClassSemantics


def fit(features, labels, **parameters):
    classes = int(labels.max()) + 1
    names = tuple(f"class {c}" for c in range(classes))
    return KSH(**parameters).fit(features, labels, ClassSemantics(names, np.eye(classes)))


def clouds(n, d, classes, spread, seed=0):
    random = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    centers = random.standard_normal((classes, d))
    return (centers[labels] + spread * random.standard_normal((n, d))).astype(np.float32), labels


def dense_residue(n_bits, labels, codes):
    """K S0 - H H^T, entry by entry."""
    n = len(labels)
    residue = np.empty((n, n))
    for i, j in product(range(n), repeat=2):
        residue[i, j] = n_bits * (1 if labels[i] == labels[j] else -1) - codes[i] @ codes[j]
    return residue


@pytest.fixture
def small():
    """Centered kernel features (60, 10), labels and codes of four bits found before."""
    features, labels = clouds(60, 6, 5, 1.0)
    random = np.random.default_rng(1)
    rows = l2_rows(features.astype(np.float64))
    kernel = np.exp(-((rows[:, None] - rows[None, :10]) ** 2).sum(axis=2))
    kernel = (kernel - kernel[:50].mean(axis=0))[:50]
    return kernel, labels[:50], np.where(random.standard_normal((50, 4)) >= 0, 1.0, -1.0)


def test_products_with_the_residue_equal_the_dense_matrix(small):
    _, labels, codes = small
    dense, residue = dense_residue(6, labels, codes), Residue(6, np.eye(5)[labels], codes)
    vector = np.random.default_rng(2).standard_normal(50)
    np.testing.assert_allclose(residue.times(vector), dense @ vector, rtol=1e-10, atol=1e-10)
    assert residue.form(vector) == pytest.approx(vector @ dense @ vector, rel=1e-10)


def test_spectral_start_solves_the_generalized_problem_for_the_largest_eigenvalue(small):
    kernel, labels, _ = small
    matrix, factor = spectral_problem(kernel, np.eye(5)[labels])
    direction = spectral_direction(6 * matrix, factor)
    dense = kernel.T @ dense_residue(6, labels, np.zeros((50, 1))) @ kernel
    eigenvalues, vectors = eigh((dense + dense.T) / 2, kernel.T @ kernel)
    assert direction @ kernel.T @ kernel @ direction == pytest.approx(1, rel=1e-9)
    assert direction @ dense @ direction == pytest.approx(eigenvalues[-1], rel=1e-8)
    np.testing.assert_allclose(np.abs(direction), np.abs(vectors[:, -1]), rtol=1e-6, atol=1e-9)
    assert direction[np.abs(direction).argmax()] > 0


def test_the_algebraically_largest_eigenvalue_is_taken_when_a_negative_one_is_larger():
    for factor in (np.eye(3), -np.eye(3)):  # the sign is the rule's, not the solver's
        direction = spectral_direction(np.diag([-9.0, 1.0, 4.0]), factor)
        np.testing.assert_allclose(direction, [0, 0, 1], atol=1e-12)


def twin_of_refinement(kernel, residue, start, steps, tolerance):
    """Nesterov's method with a dense residue and no shortcut; asserts the backtracking rule at every step."""

    def loss(w):
        smooth = 2 / (1 + np.exp(-kernel @ w)) - 1
        return -smooth @ residue @ smooth

    def gradient(w):
        smooth = 2 / (1 + np.exp(-kernel @ w)) - 1
        return -kernel.T @ ((residue @ smooth) * (1 - smooth**2))

    points, delta, beta, values = [start, start], [0.0, 1.0], 1.0, [loss(start)]
    for t in range(1, steps + 1):
        v = points[t] + (delta[t - 1] - 1) / delta[t] * (points[t] - points[t - 1])
        g, slope = loss(v), gradient(v)
        while loss(v - slope / beta) > g - slope @ slope / (2 * beta):
            beta *= 2
        points.append(v - slope / beta)
        values.append(loss(points[-1]))
        assert values[-1] <= g - slope @ slope / (2 * beta)
        if abs(values[-1] - values[-2]) <= tolerance * abs(values[-2]):
            break
        delta.append((1 + np.sqrt(1 + 4 * delta[t] ** 2)) / 2)
    return points[-1], gradient, loss


@pytest.mark.parametrize("steps", [1, 2, 7, 60])
def test_refinement_equals_its_slow_twin(small, steps):
    kernel, labels, codes = small
    matrix, factor = spectral_problem(kernel, np.eye(5)[labels])
    start = spectral_direction(6 * matrix, factor) * np.sqrt(50)
    dense = dense_residue(6, labels, codes)
    expected, gradient, loss = twin_of_refinement(kernel, dense, start, steps, 1e-4)
    residue = Residue(6, np.eye(5)[labels], codes)
    refined = refine(kernel, residue, start, steps, ksh._STOP["relative"])
    np.testing.assert_allclose(refined, expected, rtol=1e-7)
    assert loss(refined) < loss(start)
    numerical = [(loss(start + 1e-5 * e) - loss(start - 1e-5 * e)) / 2e-5 for e in np.eye(len(start))]
    np.testing.assert_allclose(gradient(start), numerical, rtol=1e-5, atol=1e-4)


def test_refinement_stops_by_the_rule_it_is_given(small):
    kernel, labels, codes = small
    residue, seen = Residue(6, np.eye(5)[labels], codes), []

    def third_time(value, before, n):
        seen.append((value, before, n))
        return len(seen) == 3

    refine(kernel, residue, np.ones(10), 20, third_time)
    assert len(seen) == 3
    assert {n for _, _, n in seen} == {50}
    assert [before for _, before, _ in seen[1:]] == [value for value, _, _ in seen[:-1]]
    assert seen[0][1] == pytest.approx(-residue.form(np.tanh(kernel @ np.ones(10) / 2)))
    assert ksh._STOP["relative"](-1e6, -1e6 - 99, 10)
    assert not ksh._STOP["relative"](-1e6, -1e6 - 101, 10)
    assert ksh._STOP["authors"](-1e6, -1e6 - 0.09, 10)
    assert not ksh._STOP["authors"](-1e6, -1e6 - 0.11, 10)


def test_objective_is_the_residue_of_the_codes_and_the_better_start_is_kept():
    features, labels = clouds(120, 8, 4, 1.5)
    method = fit(features, labels, n_bits=9, n_anchors=20, n_labeled=60)
    index = np.sort(generator(0, "labeled images").permutation(120)[:60])
    codes = method.encode(features[index]).astype(np.float64)
    rows = l2_rows(features.astype(np.float64))
    kernel = np.exp(
        -((rows[:, None] - method.anchors_) ** 2).sum(axis=2) / method.bandwidth_
    )  # over all rows
    kernel = (kernel - kernel.mean(axis=0))[index]
    assert len(method.objective_) == 10
    for bit in range(10):
        residue = dense_residue(9, labels[index], codes[:, :bit])
        assert method.objective_[bit] == pytest.approx((residue**2).sum(), rel=1e-12)
        if bit < 9:
            lhs = kernel.T @ residue @ kernel
            start = eigh((lhs + lhs.T) / 2, kernel.T @ kernel)[1][:, -1] * np.sqrt(60)
            start *= np.sign(start[np.abs(start).argmax()])
            low_rank = Residue(9, np.eye(4)[labels[index]], codes[:, :bit])
            refined = refine(kernel, low_rank, start, 100, ksh._STOP["relative"])
            both = [code @ residue @ code for code in (bits_of(kernel, w) for w in (start, refined))]
            assert codes[:, bit] @ residue @ codes[:, bit] == max(both)


def test_a_refinement_that_only_equals_the_start_is_not_taken(monkeypatch):
    features, labels = clouds(80, 5, 3, 1.0)
    spectral = fit(features, labels, n_bits=4, n_anchors=15, max_iter=0)
    monkeypatch.setattr(ksh, "refine", lambda kernel, residue, start, *_: 2 * start)
    np.testing.assert_array_equal(
        fit(features, labels, n_bits=4, n_anchors=15).projection_, spectral.projection_
    )
    monkeypatch.setattr(ksh, "refine", lambda kernel, residue, start, *_: np.roll(start, 1))
    assert fit(features, labels, n_bits=4, n_anchors=15).objective_[1] <= spectral.objective_[1]


def test_two_separate_classes_are_learned_exactly_by_every_bit():
    random = np.random.default_rng(3)
    labels = np.arange(80) % 2
    features = (np.array([[5.0, 0, 0], [0, 5, 0]])[labels] + 0.1 * random.standard_normal((80, 3))).astype(
        np.float32
    )
    method = fit(features, labels, n_bits=6, n_anchors=20)
    codes = method.encode(features)
    split = np.where(labels == 0, 1, -1)
    assert all(abs(int(bit @ split)) == 80 for bit in codes.T)
    assert method.objective_ == [float((6 - k) ** 2 * 80**2) for k in range(7)]


def test_residue_falls_on_two_balanced_classes_and_must_rise_on_many():
    features, labels = clouds(100, 10, 2, 1.0)
    assert (np.diff(fit(features, labels, n_bits=6, n_anchors=30).objective_) < 0).all()
    features, labels = clouds(160, 30, 40, 0.3)
    assert (np.diff(fit(features, labels, n_bits=8, n_anchors=60).objective_) > 0).all()


def test_the_kernel_is_of_the_mean_squared_distance_and_centered_over_all_training_rows():
    features, labels = clouds(90, 7, 3, 1.0)
    method = fit(features, labels, n_bits=3, n_anchors=11, n_labeled=30, random_state=4)
    rows = l2_rows(features.astype(np.float64))
    anchors = rows[np.sort(generator(4, "anchors").permutation(90)[:11])]
    distances = np.array([[((row - anchor) ** 2).sum() for anchor in anchors] for row in rows])
    np.testing.assert_allclose(method.anchors_, anchors, rtol=1e-14)
    np.testing.assert_allclose(method.bandwidth_, [2 * distances.mean()], rtol=1e-12)
    kernel = np.exp(-distances / (2 * distances.mean()))
    np.testing.assert_allclose(method.mean_, kernel.mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(
        method.encode(features), np.where((kernel - kernel.mean(axis=0)) @ method.projection_ >= 0, 1, -1)
    )
    # queries are centered by the training mean: alone or beside others
    np.testing.assert_array_equal(method.encode(features[:1]), method.encode(features)[:1])


def test_labels_are_read_in_the_labeled_rows_only():
    features, labels = clouds(90, 7, 3, 1.0)
    index = np.arange(0, 90, 2)
    other = labels.copy()
    other[1::2] = 0
    first, second = (fit(features, given, n_bits=5, labeled_index=index) for given in (labels, other))
    np.testing.assert_array_equal(first.projection_, second.projection_)
    assert (fit(features, labels, n_bits=5).projection_ != first.projection_).any()


def test_all_rows_can_be_labeled():
    features, labels = clouds(90, 7, 3, 1.0)
    every = fit(features, labels, n_bits=5, n_anchors=20, n_labeled=None)
    listed = fit(features, labels, n_bits=5, n_anchors=20, labeled_index=np.arange(90))
    assert every.objective_[0] == (5.0 * 90) ** 2
    np.testing.assert_array_equal(every.projection_, listed.projection_)
    part = fit(features, labels, n_bits=5, n_anchors=20, n_labeled=40)
    assert part.objective_[0] == (5.0 * 40) ** 2


def test_given_anchors_replace_the_draw():
    features, labels = clouds(90, 7, 3, 1.0)
    drawn = fit(features, labels, n_bits=5, n_anchors=20, n_labeled=None)
    given = fit(features, labels, n_bits=5, n_labeled=None, anchors=drawn.anchors_, random_state=8)
    np.testing.assert_array_equal(given.projection_, drawn.projection_)


def test_methods_of_several_seeds_fitted_together_equal_single_fits():
    features, labels = clouds(90, 7, 3, 1.0)
    semantics = ClassSemantics(("a", "b", "c"), np.eye(3))
    parameters = {"n_anchors": 20, "n_labeled": 50}
    together = [KSH(n_bits=4 + seed, random_state=seed, **parameters) for seed in (0, 1)]
    KSH.fit_many(together, features, labels, semantics)
    for method in together:
        alone = fit(features, labels, n_bits=method.n_bits, random_state=method.random_state, **parameters)
        np.testing.assert_array_equal(method.projection_, alone.projection_)


def test_a_ridge_is_added_only_where_it_is_needed():
    matrix = np.array([[4.0, 2], [2, 3]])
    np.testing.assert_array_equal(ksh.cholesky_of_products(matrix), np.linalg.cholesky(matrix))
    for rounding in (
        -1e-14,
        0.0,
        1e-14,
    ):  # Cholesky's method fails, or ends with a pivot that is rounding alone
        factor = ksh.cholesky_of_products(np.array([[1.0, 1], [1, 1 + rounding]]))
        np.testing.assert_allclose(factor @ factor.T, [[1 + 1e-8, 1], [1, 1 + 1e-8]], rtol=0, atol=1e-12)
        np.testing.assert_allclose(factor[1, 1], np.sqrt(2e-8), rtol=1e-3)
    features, labels = clouds(60, 4, 2, 1.0)
    doubled = np.concatenate([features, features])
    method = fit(doubled, np.tile(labels, 2), n_bits=4, anchors=l2_rows(doubled[:90]), n_labeled=None)
    assert np.isfinite(method.projection_).all()


@pytest.mark.parametrize(("n", "n_labeled"), [(160, None), (200, None), (300, None), (400, 200)])
def test_with_as_few_labeled_rows_as_anchors_rounding_decides_no_bit_of_other_rows(n, n_labeled):
    random, labels = np.random.default_rng(0), np.arange(500) % 6
    features = np.maximum(
        random.standard_normal((6, 64))[labels] + 1.5 * random.standard_normal((500, 64)), 0
    )
    one, other = (
        fit(features[:n] * scale, labels[:n], n_bits=16, n_anchors=300, n_labeled=n_labeled).encode(
            features[400:]
        )
        for scale in (1, 1 + 1e-13)
    )
    np.testing.assert_array_equal(one, other)


def test_greedy_bits_of_a_code_length_are_no_prefix_of_a_longer_one(small):
    kernel, labels, _ = small
    problem = spectral_problem(kernel, np.eye(5)[labels])
    lengths = [
        greedy_bits(kernel, np.eye(5)[labels], problem, n_bits, 100, ksh._STOP["relative"])[0]
        for n_bits in (2, 6)
    ]
    assert not np.allclose(lengths[0], lengths[1][:, :2])  # the residue starts at n_bits S
    assert (np.abs(lengths[1]).max(axis=0) > 0).all()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_anchors": 1}, "n_anchors is 1, expected an integer of 2 or more"),
        ({"n_labeled": 1.5}, "n_labeled is 1.5"),
        ({"max_iter": -1}, "max_iter is -1"),
        ({"stop": "never"}, "stop is 'never', expected one of relative, authors"),
        ({"stop": ["relative"]}, "stop is"),
        ({"anchors": np.zeros((4, 3))}, r"anchors is float64 of shape \(4, 3\)"),
        (
            {"labeled_index": np.array([1, 1, 2])},
            "labeled_index holds others than 0 to 89, or one of them twice",
        ),
        ({"labeled_index": np.array([1, 90])}, "labeled_index holds others than 0 to 89"),
        ({"labeled_index": [[0], [1, 2]]}, "labeled_index cannot be read as an array"),
        (
            {"anchors": np.ma.masked_greater(np.ones((3, 7)), 0)},
            "KSH: values of anchors have masked values, expected",
        ),
        ({"labeled_index": ["a", "b"]}, r"labeled_index is <U1 of shape \(2,\), expected different integers"),
        ({"anchors": np.zeros((0, 7))}, r"anchors is float64 of shape \(0, 7\), expected .* m of 1 or more"),
        (
            {"anchors": np.full((3, 7), 1e200)},
            r"anchors has values that are not finite or above 1e\+150 in size",
        ),
        ({"labeled_index": np.array([0, 3, 6])}, "3 labeled rows are all of one class"),
    ],
)
def test_bad_parameters_are_one_clear_error(parameters, words):
    features, labels = clouds(90, 7, 3, 1.0)
    with pytest.raises(InputError, match=words):
        fit(features, labels, n_bits=4, **parameters)


def test_equal_rows_are_one_clear_error():
    with pytest.raises(InputError, match=r"KSH: the mean squared distance .* features that differ"):
        fit(np.outer(np.arange(1, 21), np.ones(7)).astype(np.float32), np.arange(20) % 2, n_bits=4)


def test_anchors_that_tell_no_rows_apart_are_one_clear_error():
    features = np.eye(2, 3, dtype=np.float32)[np.arange(20) % 2]
    with pytest.raises(InputError, match="all labeled rows have the same distances to the anchors"):
        fit(features, np.arange(20) % 2, n_bits=4, anchors=np.array([[0.0, 0, 1], [0, 0, 2]]))
