"""SDH: equal to a plain loop, its objective never rises, and the known answers."""

import numpy as np
import pytest

from mgah.baselines.sdh import SDH
from mgah.errors import InputError
from mgah.seeds import generator
from mgah.semantics.store import ClassSemantics

N, D, CLASSES, BITS = 90, 6, 4, 6
SEMANTICS = ClassSemantics(tuple("abcd"), np.eye(CLASSES))


def sign(values):
    return np.where(values >= 0, 1.0, -1.0)


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    centers = random.standard_normal((CLASSES, D))
    features = centers[labels] + 0.4 * random.standard_normal((N, D))
    return (3 * features).astype(np.float32), labels


@pytest.fixture
def start(data):
    """Anchors, rows of unit length, and codes to start from."""
    random = np.random.default_rng(1)
    rows = data[0].astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return {
        "anchors": rows[random.permutation(N)[:20]],
        "initial_codes": sign(random.standard_normal((N, BITS))),
    }


def fit(data, **parameters):
    return SDH(**{"n_bits": BITS, "n_anchors": 20} | parameters).fit(*data, SEMANTICS)


def kernel_of(features, anchors, denominator):
    """Loop over pairs: exp(-D2 / denominator) on rows of unit length, and a last column of ones."""
    kernel = np.ones((len(features), len(anchors) + 1))
    for i, row in enumerate(features.astype(np.float64)):
        for j, anchor in enumerate(anchors):
            kernel[i, j] = np.exp(-((row / np.linalg.norm(row) - anchor) ** 2).sum() / denominator)
    return kernel


def plain_sdh(features, labels, anchors, initial_codes, lam, nu, ridge, iterations, denominator=2 * 0.4**2):
    """SDH with dense one-hot labels, explicit systems and single bits. Returns B and P."""
    kernel, onehot, codes = (
        kernel_of(features, anchors, denominator),
        np.eye(CLASSES)[labels],
        initial_codes.copy(),
    )

    def blocks():
        weight = np.linalg.solve(codes.T @ codes + lam * np.eye(BITS), codes.T @ onehot)
        return weight, np.linalg.solve(kernel.T @ kernel + ridge * np.eye(kernel.shape[1]), kernel.T @ codes)

    weight, projection = blocks()
    for _ in range(iterations):
        linear = nu * kernel @ projection + onehot @ weight.T
        for _ in range(10):
            for k in range(BITS):
                others = np.delete(codes, k, axis=1) @ np.delete(weight, k, axis=0)
                codes[:, k] = sign(linear[:, k] - others @ weight[k])
        weight, projection = blocks()
    return codes, projection


@pytest.mark.parametrize("nu", [1e-5, 1e-2, 1.0])
def test_equal_to_a_plain_loop(data, start, nu):
    method = fit(data, fit_weight=nu, regularization=0.5, projection_ridge=0.02, iterations=3, **start)
    _, projection = plain_sdh(*data, **start, lam=0.5, nu=nu, ridge=0.02, iterations=3)
    np.testing.assert_allclose(method.projection_, projection, atol=1e-7)
    queries = np.random.default_rng(5).standard_normal((40, D)).astype(np.float32)
    expected = sign(kernel_of(queries, start["anchors"], 2 * 0.4**2) @ projection)
    np.testing.assert_array_equal(method.encode(queries), expected)


def test_training_images_are_hashed_like_all_others(data, start):
    """The learned codes B are not what encoding gives: they differ from sgn(Phi P) on some training images."""
    method = fit(data, **start, n_anchors=3)
    codes, projection = plain_sdh(*data, **start, lam=1, nu=1e-5, ridge=1e-2, iterations=5)
    hashed = sign(kernel_of(data[0], start["anchors"], 2 * 0.4**2) @ projection)
    np.testing.assert_array_equal(method.encode(data[0]), hashed)
    assert (hashed != codes).any()


@pytest.mark.parametrize("nu", [1e-5, 1e-1, 10.0])
def test_objective_never_rises_after_any_block(data, nu):
    objective = np.array(fit(data, fit_weight=nu, tolerance=0, random_state=2).objective_)
    assert len(objective) == 1 + 3 * 5
    assert (np.diff(objective) <= 1e-9 * objective[0]).all()
    assert objective[-1] < 0.9 * objective[0]


def test_iterations_end_once_nothing_moves(data):
    short, long = fit(data), fit(data, tolerance=0, iterations=40)
    assert len(short.objective_) < len(long.objective_) == 1 + 3 * 40
    np.testing.assert_array_equal(short.projection_, long.projection_)


def test_iterations_end_once_the_fit_is_perfect(data):
    """As many anchors as rows and nearly no ridge: Phi P = B, though B still moves."""
    exact = fit(data, n_anchors=N, sigma=0.05, projection_ridge=1e-13, tolerance=1e-3, iterations=9)
    assert len(exact.objective_) == 1 + 3


def test_one_bit_splits_the_classes(data):
    """With a negligible nu, one bit is the sign of its class's weight."""
    features, labels = data
    codes = sign(np.random.default_rng(1).standard_normal((N, 1)))
    weight = codes.T @ np.eye(CLASSES)[labels] / (N + 1.0)
    method = fit(data, n_bits=1, initial_codes=codes, iterations=1, fit_weight=1e-12, n_anchors=N, sigma=0.05)
    expected = sign(weight[0, labels])[:, None]
    assert len(np.unique(expected)) == 2
    kernel = kernel_of(features, method.anchors_, 2 * 0.05**2)
    gram = kernel.T @ kernel + 1e-2 * np.eye(N + 1)
    np.testing.assert_allclose(method.projection_, np.linalg.solve(gram, kernel.T @ expected), atol=1e-8)
    np.testing.assert_array_equal(method.encode(features), expected)


def test_a_huge_fit_weight_leaves_labels_no_influence(data, start):
    """Codes are then sgn(Phi P) of the round before, whatever the labels."""
    features, labels = data
    settings = {"fit_weight": 1e9, "iterations": 2, "tolerance": 0, **start}
    method = fit(data, **settings)
    other = fit((features, (labels + np.arange(N) // CLASSES) % CLASSES), **settings)
    np.testing.assert_array_equal(method.projection_, other.projection_)
    kernel = kernel_of(features, start["anchors"], 2 * 0.4**2)
    gram, codes = kernel.T @ kernel + 1e-2 * np.eye(21), start["initial_codes"]
    for _ in range(2):
        codes = sign(kernel @ np.linalg.solve(gram, kernel.T @ codes))
    np.testing.assert_allclose(method.projection_, np.linalg.solve(gram, kernel.T @ codes), atol=1e-8)


def test_images_of_one_class_are_nearer_than_others_where_classes_are_clear():
    random = np.random.default_rng(3)
    labels = np.arange(200) % CLASSES
    features = (np.eye(CLASSES)[labels] + 0.01 * random.standard_normal((200, CLASSES))).astype(np.float32)
    codes = fit((features, labels), n_bits=16).encode(features).astype(int)
    distances = (16 - codes @ codes.T) // 2
    same = labels[:, None] == labels
    assert distances[same].max() < distances[~same].min()


def test_mean_bandwidth_and_normalization(data, start):
    method = fit(data, sigma="mean", **start)
    rows = data[0] / np.linalg.norm(data[0], axis=1, keepdims=True)
    distances = [((row - anchor) ** 2).sum() for row in rows for anchor in start["anchors"]]
    np.testing.assert_allclose(method.bandwidth_, [np.mean(distances)], rtol=1e-6)
    assert fit(data, sigma=0.3).bandwidth_.tolist() == [2 * 0.3**2]
    queries = np.random.default_rng(5).standard_normal((40, D)).astype(np.float32)
    np.testing.assert_array_equal(method.encode(queries), method.encode(4 * queries))
    np.testing.assert_array_equal(
        fit((4 * data[0], data[1]), sigma="mean", **start).projection_, method.projection_
    )


def test_anchors_are_training_rows_from_a_stream_of_their_own(data, start):
    rows = data[0].astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    drawn = np.sort(generator(7, "anchors").permutation(N)[:20])
    method = fit(data, random_state=7)
    np.testing.assert_array_equal(method.anchors_, rows[drawn])
    given = fit(data, random_state=7, initial_codes=start["initial_codes"])
    np.testing.assert_array_equal(given.anchors_, method.anchors_)
    codes = sign(generator(7, "first codes").standard_normal((N, BITS)))
    np.testing.assert_array_equal(
        fit(data, random_state=7, initial_codes=codes).projection_, method.projection_
    )
    np.testing.assert_array_equal(fit(data, n_anchors=1000).anchors_, rows)


def test_methods_of_several_lengths_and_seeds_equal_single_fits(data):
    methods = [SDH(n_bits=bits, n_anchors=20, random_state=seed) for bits, seed in ((3, 0), (5, 1), (8, 0))]
    SDH.fit_many(methods, *data, SEMANTICS)
    for method in methods:
        alone = fit(data, n_bits=method.n_bits, random_state=method.random_state)
        np.testing.assert_array_equal(method.projection_, alone.projection_)
        assert method.objective_ == alone.objective_


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_anchors": 0}, "SDH: n_anchors is 0, expected an integer of 1 or more"),
        ({"iterations": 2.5}, r"iterations is 2\.5"),
        ({"sweeps": True}, "sweeps is True"),
        ({"regularization": 0}, "regularization is 0, expected a number above 0"),
        ({"fit_weight": float("nan")}, "fit_weight is nan"),
        ({"projection_ridge": -1.0}, r"projection_ridge is -1\.0"),
        ({"sigma": "median"}, r"sigma is 'median', expected a number from 1e-150 to 1e\+150 or 'mean'"),
        ({"sigma": 1e-300}, r"SDH: sigma is 1e-300, expected a number from 1e-150"),
        ({"sigma": 1e200}, r"SDH: sigma is 1e\+200, expected a number from 1e-150"),
        (
            {"projection_ridge": 1e-300, "anchors": np.ones((2, D))},
            "SDH: projection_ridge is 1e-300, with which",
        ),
        (
            {"regularization": 1e-17, "initial_codes": np.ones((N, BITS))},
            "SDH: regularization is 1e-17, which is lost in rounding beside the products of 90 codes: raise it",
        ),
        ({"sigma": 0}, "sigma is 0"),
        ({"sigma": np.inf}, "sigma is inf"),
        ({"tolerance": -1e-3}, r"tolerance is -0\.001, expected a number from 0 to inf"),
        ({"anchors": np.ones((3, D + 1))}, rf"anchors is float64 of shape \(3, 7\), expected .* \(m, {D}\)"),
        (
            {"initial_codes": np.ones((N, 2))},
            r"initial_codes is float64 of shape \(90, 2\), expected .* \(90, 6\)",
        ),
        ({"anchors": np.zeros((0, D))}, r"anchors is float64 of shape \(0, 6\), expected .* m of 1 or more"),
        ({"initial_codes": [["+"] * BITS] * N}, "initial_codes is <U1 of shape"),
        ({"initial_codes": np.zeros((N, BITS))}, r"expected -1 and \+1 of shape \(90, 6\)"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, parameters, words):
    with pytest.raises(InputError, match=words):
        fit(data, **parameters)
