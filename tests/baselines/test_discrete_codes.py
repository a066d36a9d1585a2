"""Discrete cyclic coordinate descent and the closed-form blocks beside it, against loops and dense algebra."""

import numpy as np
import pytest

from mgah.baselines._discrete_codes import CodeRegression, cyclic_coordinate_descent, settled

N, BITS, CLASSES, WIDTH = 70, 7, 5, 4


def sign(values):
    return np.where(values >= 0, 1.0, -1.0)


@pytest.fixture
def problem():
    """Codes, labels, targets by class, weight W, the hash function's values Phi P, and its weight nu."""
    random = np.random.default_rng(0)
    codes = sign(random.standard_normal((N, BITS)))
    labels = np.arange(N) % CLASSES
    targets, weight = random.standard_normal((CLASSES, WIDTH)), random.standard_normal((BITS, WIDTH))
    return codes, labels, targets, weight, random.standard_normal((N, BITS)), 0.3


def value(codes, target, weight, fitted, nu):
    return ((target - codes @ weight) ** 2).sum() + nu * ((codes - fitted) ** 2).sum()


def descend(problem, sweeps):
    codes, labels, targets, weight, fitted, nu = problem
    linear = nu * fitted + targets[labels] @ weight.T
    return cyclic_coordinate_descent(codes, linear, weight @ weight.T, sweeps)


def rows_deleted(problem, sweeps, reset=False):
    """The loop as it is published: bit k against W without its row k and B without its column k."""
    codes, labels, targets, weight, fitted, nu = problem
    codes = np.zeros_like(codes) if reset else codes.copy()
    linear = nu * fitted + targets[labels] @ weight.T
    for _ in range(sweeps):
        for k in range(BITS):
            others, rest = np.delete(codes, k, axis=1), np.delete(weight, k, axis=0)
            for i in range(N):
                codes[i, k] = sign(linear[i, k] - others[i] @ (rest @ weight[k]))
    return codes


def running_product(problem, sweeps):
    """The same with M = B W kept up to date; the value after every single bit column."""
    codes, labels, targets, weight, fitted, nu = problem
    codes, target = codes.copy(), targets[labels]
    product, values = codes @ weight, [value(codes, target, weight, fitted, nu)]
    for _ in range(sweeps):
        for k in range(BITS):
            norm = weight[k] @ weight[k]
            new = sign((target - product) @ weight[k] + codes[:, k] * norm + nu * fitted[:, k])
            product += np.outer(new - codes[:, k], weight[k])
            codes[:, k] = new
            values.append(value(codes, target, weight, fitted, nu))
    return codes, np.array(values)


@pytest.mark.parametrize("sweeps", [1, 2, 10])
def test_three_forms_of_the_descent_give_the_same_codes(problem, sweeps):
    codes = descend(problem, sweeps)
    np.testing.assert_array_equal(codes, rows_deleted(problem, sweeps))
    np.testing.assert_array_equal(codes, running_product(problem, sweeps)[0])


def test_no_bit_column_raises_the_objective(problem):
    values = running_product(problem, 5)[1]
    assert (np.diff(values) <= 1e-9 * values[0]).all()
    assert values[-1] < 0.6 * values[0]


def test_descent_ends_where_no_single_bit_improves(problem):
    _, labels, targets, weight, fitted, nu = problem
    end = descend(problem, 50)
    np.testing.assert_array_equal(descend((end, *problem[1:]), 1), end)
    assert (descend(problem, 1) != end).any()  # one sweep would not have been enough
    for i in range(N):
        given = targets[labels[i]][None], weight, fitted[i : i + 1], nu
        least = value(end[i : i + 1], *given)
        for k in range(BITS):
            flipped = end[i : i + 1].copy()
            flipped[0, k] *= -1
            assert value(flipped, *given) >= least - 1e-12


def test_descent_starts_from_the_given_codes_and_leaves_them_alone(problem):
    kept = problem[0].copy()
    end = descend(problem, 1)
    np.testing.assert_array_equal(problem[0], kept)
    assert (end != rows_deleted(problem, 1, reset=True)).any()  # codes set to 0 first end elsewhere
    assert (end != descend((-kept, *problem[1:]), 1)).any()


def test_a_tie_becomes_plus_one_and_costs_nothing():
    codes, linear = np.array([[-1.0], [1.0]]), np.zeros((2, 1))
    np.testing.assert_array_equal(cyclic_coordinate_descent(codes, linear, np.eye(1), 3), [[1], [1]])
    # two bits, exact in binary: bit 0 of the row meets 2 - 2 = 0
    codes, linear, quadratic = np.array([[-1.0, 1.0]]), np.array([[2.0, 9.0]]), np.array([[1.0, 2], [2, 5]])
    end = cyclic_coordinate_descent(codes, linear, quadratic, 1)
    np.testing.assert_array_equal(end, [[1, 1]])

    def cost(b):
        return (b @ quadratic @ b.T - 2 * b @ linear.T).item()

    assert cost(end) == cost(codes)


@pytest.fixture
def regression():
    random = np.random.default_rng(1)
    kernel, root = random.random((N, 9)), random.standard_normal((9, 9))
    return CodeRegression(kernel, root @ root.T, np.arange(N) % CLASSES, 0.7, 0.3)


def test_closed_forms_meet_their_normal_equations(problem, regression):
    codes, labels, targets = problem[:3]
    weight, projection = regression.weight(codes, targets), regression.projection(codes)
    np.testing.assert_allclose(codes.T @ (targets[labels] - codes @ weight), 0.7 * weight, atol=1e-10)
    residual = regression.kernel.T @ (codes - regression.kernel @ projection)
    np.testing.assert_allclose(residual, regression.penalty @ projection, atol=1e-9)


def test_objective_equals_a_loop_over_its_terms(problem, regression):
    codes, labels, targets, weight, *_ = problem
    projection = np.random.default_rng(2).standard_normal((9, BITS))
    total = 0.7 * sum(w * w for w in weight.ravel())
    for i in range(N):
        for j in range(WIDTH):
            total += (targets[labels[i], j] - sum(codes[i, k] * weight[k, j] for k in range(BITS))) ** 2
        for k in range(BITS):
            total += 0.3 * (codes[i, k] - regression.kernel[i] @ projection[:, k]) ** 2
    for k in range(BITS):
        total += 0.3 * projection[:, k] @ regression.penalty @ projection[:, k]
    assert regression.objective(codes, targets, weight, projection) == pytest.approx(total, rel=1e-12)


def test_blocks_are_minima_of_the_objective(problem, regression):
    codes, _, targets, *_ = problem
    weight, projection = regression.weight(codes, targets), regression.projection(codes)
    least = regression.objective(codes, targets, weight, projection)
    random = np.random.default_rng(3)
    for size in (1e-3, 1e-1, 1):
        other_weight = weight + size * random.standard_normal(weight.shape)
        other_projection = projection + size * random.standard_normal(projection.shape)
        assert regression.objective(codes, targets, other_weight, projection) > least
        assert regression.objective(codes, targets, weight, other_projection) > least


def test_code_step_is_the_descent_on_the_objective(problem, regression):
    codes, labels, targets, weight, *_ = problem
    projection = np.random.default_rng(4).standard_normal((9, BITS))
    fitted = regression.kernel @ projection
    expected = rows_deleted((codes, labels, targets, weight, fitted, 0.3), 4)
    end = regression.codes(codes, targets, weight, projection, 4)
    np.testing.assert_array_equal(end, expected)
    assert regression.objective(end, targets, weight, projection) < regression.objective(
        codes, targets, weight, projection
    )


def test_class_sums_are_exact(problem, regression):
    codes, labels = problem[:2]
    expected = [codes[labels == c].sum(axis=0) for c in range(CLASSES)]
    np.testing.assert_array_equal(regression.class_sums(codes), expected)


def test_settled_measures_against_the_spectral_norm():
    old = np.eye(100)  # spectral norm 1, Frobenius norm 10
    step = np.zeros((100, 100))
    step[0, 0] = 0.5
    assert settled(old + step, old, 0.51)
    assert not settled(old + step, old, 0.49)
    assert not settled(old, old, 0.0)
