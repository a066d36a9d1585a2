"""Supervised Hashing with Kernels (Liu et al., CVPR 2012)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh, solve_triangular
from sklearn.utils.extmath import svd_flip

from mgah import seeds
from mgah.baselines._anchors import (
    anchors_of,
    by_seed,
    check_anchors,
    mean_distance,
    random_subset,
    rbf_features,
    squared_distances,
    unit_rows,
)
from mgah.errors import InputError
from mgah.methods.array_parameters import read_indices
from mgah.methods.base import signs
from mgah.methods.signs_of_outputs import SignsOfOutputs

#: When to stop the refinement of a bit: by the last two values of its objective and the number of labeled rows.
_STOP: dict[str, Callable[[float, float, int], bool]] = {
    "relative": lambda value, before, n: abs(value - before) <= 1e-4 * abs(before),
    "authors": lambda value, before, n: abs(value - before) <= 1e-2 * n,
}
#: Centered kernel features below this are rounding.
_NO_DIFFERENCE = 1e-12
#: F^T F with a squared pivot of at most this share of its mean diagonal is singular up to rounding.
_SINGULAR = 1e-11
#: The ridge of a singular F^T F, as a share of its mean diagonal.
_RIDGE = 1e-8
#: How often the step of the refinement may be halved before it gives up.
_HALVINGS = 50


class KSH(SignsOfOutputs):
    """Bits on Gaussian kernel features, learned one by one so that H H^T comes near to n_bits S.

    S holds +1 for two labeled images of one class and -1 otherwise, H their codes. Rows are brought to unit
    length; h(x) = sgn(W^T (k(x) - mean)). Where no more rows are labeled than there are anchors, a small ridge makes
    the start of each bit unique, which the source leaves open.

    Args:
        n_bits: code length.
        random_state: seed of the anchors and of the labeled subset.
        n_anchors: random training rows m that the kernel is taken against, at most all of them.
        n_labeled: random training rows whose labels are used, or None for all of them, which takes time in
            proportion.
        max_iter: steps of the refinement of one bit; 0 leaves the spectral solution.
        stop: ``"relative"``, when a step changes the objective by less than 1e-4 of it, or ``"authors"``, by
            less than 0.01 a labeled row; that rule is meant for a ``max_iter`` of 500.
        anchors: anchors (m, d) in place of the draw, in the space of unit-length rows.
        labeled_index: indices of labeled training rows in place of the draw.

    Attributes:
        anchors_: float64 (m, d).
        bandwidth_: of the kernel exp(-D2 / bandwidth), float64 (1,): twice the mean D2 of training rows and anchors.
        mean_: mean kernel features of all training rows, float64 (m,).
        projection_: W, float64 (m, n_bits).
        objective_: ||n_bits S - H H^T||^2 before the first bit and after every bit.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = KSH(n_bits=4, n_anchors=20).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "KSH"
    uses_semantics = False
    quick_parameters: ClassVar = {
        "n_anchors": 40,
        "n_labeled": 100,
    }  # fewer than rows, so that they are drawn

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        n_anchors: int = 300,
        n_labeled: int | None = 2000,
        max_iter: int = 100,
        stop: str = "relative",
        anchors: np.ndarray | None = None,
        labeled_index: np.ndarray | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.n_anchors = n_anchors
        self.n_labeled = n_labeled
        self.max_iter = max_iter
        self.stop = stop
        self.anchors = anchors
        self.labeled_index = labeled_index

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_integers({"n_anchors": 2, "max_iter": 0})
        if self.n_labeled is not None:
            self._check_integers({"n_labeled": 2})
        self._check_choices({"stop": tuple(_STOP)})
        check_anchors("KSH", self.anchors, features.shape[1])
        if self.labeled_index is not None:
            read_indices("KSH", "labeled_index", self.labeled_index, len(labels))
        labeled = labels[self._labeled_rows(len(labels))]
        if (labeled == labeled[0]).all():
            raise InputError(
                f"KSH: the {len(labeled)} labeled rows are all of one class, expected two classes or more: "
                "label more rows"
            )

    def _labeled_rows(self, n: int) -> np.ndarray:
        if self.labeled_index is not None:
            return np.asarray(self.labeled_index)
        count = n if self.n_labeled is None else self.n_labeled
        return random_subset(n, count, seeds.generator(self.random_state, "labeled images"))

    @classmethod
    def _fit_many(cls, methods: Sequence["KSH"], features: np.ndarray, labels: np.ndarray, semantics) -> None:
        rows = unit_rows(features)
        for group in by_seed(methods):
            _fit_one_kernel(group, rows, labels)

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        kernel = rbf_features(unit_rows(features), self.anchors_, self.bandwidth_)
        return (kernel - self.mean_) @ self.projection_


def _fit_one_kernel(methods: Sequence[KSH], rows: np.ndarray, labels: np.ndarray) -> None:
    """Fit methods of one seed, which share anchors, kernel features and labeled rows."""
    first = methods[0]
    anchors = anchors_of(first, rows)
    distances = squared_distances(rows, anchors)
    bandwidth = 2 * mean_distance("KSH", distances)
    kernel = np.exp(-distances / bandwidth)
    mean = kernel.mean(axis=0)
    index = first._labeled_rows(len(rows))
    labeled, one_hot = kernel[index] - mean, np.eye(labels.max() + 1)[labels[index]]
    if np.abs(labeled).max() < _NO_DIFFERENCE:
        raise InputError(
            "KSH: all labeled rows have the same distances to the anchors, expected other anchors"
        )
    problem = spectral_problem(labeled, one_hot)
    for method in methods:
        method.anchors_, method.bandwidth_, method.mean_ = anchors, np.array([bandwidth]), mean
        stop = _STOP[method.stop]
        method.projection_, method.objective_ = greedy_bits(
            labeled, one_hot, problem, method.n_bits, method.max_iter, stop
        )


@dataclass(frozen=True)
class Residue:
    """n_bits S - H H^T (l, l) of labeled rows as products: S = 2 Y Y^T - 1 1^T, so that no (l, l) matrix is made.

    Attributes:
        n_bits: code length.
        one_hot: Y, float64 (l, c), one class a row.
        codes: H, the bits found so far, float64 (l, k).
    """

    n_bits: int
    one_hot: np.ndarray
    codes: np.ndarray

    def times(self, vector: np.ndarray) -> np.ndarray:
        """The residue times ``vector`` (l,)."""
        similar = 2 * (self.one_hot @ (vector @ self.one_hot)) - vector.sum()
        return self.n_bits * similar - self.codes @ (vector @ self.codes)

    def form(self, vector: np.ndarray) -> float:
        """The quadratic form of ``vector`` (l,), exact for a vector of -1 and +1."""
        similar = 2 * ((vector @ self.one_hot) ** 2).sum() - vector.sum() ** 2
        return float(self.n_bits * similar - ((vector @ self.codes) ** 2).sum())


def spectral_problem(kernel: np.ndarray, one_hot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The relaxed problem of the first bit, for a code length of 1, in whitened coordinates.

    Args:
        kernel: F, centered kernel features of the labeled rows, float64 (l, m).
        one_hot: Y, float64 (l, c).

    Returns:
        C^-1 F^T S F C^-T (m, m) and C, the lower Cholesky factor of F^T F (m, m).
    """
    factor = cholesky_of_products(kernel.T @ kernel)
    by_class = solve_triangular(factor, kernel.T @ one_hot, lower=True)
    total = by_class.sum(axis=1)  # not zero where the labeled rows are a subset: the mean is that of all rows
    return 2 * by_class @ by_class.T - np.outer(total, total), factor


def cholesky_of_products(matrix: np.ndarray) -> np.ndarray:
    """Lower Cholesky factor of F^T F, ``matrix`` (m, m), with a ridge where it is singular.

    It is so where the labeled rows are no more than the anchors. A factor that only rounding keeps from failing turns
    the directions that F does not see into large projections, which say nothing of training rows and anything of
    others. A ridge that is not needed moves the solution, so none is added elsewhere.
    """
    mean = np.trace(matrix) / len(matrix)
    try:
        factor = cholesky(matrix, lower=True)
    except LinAlgError:
        pass
    else:
        if factor.diagonal().min() ** 2 > _SINGULAR * mean:
            return factor
    return cholesky(matrix + _RIDGE * mean * np.eye(len(matrix)), lower=True)


def greedy_bits(
    kernel: np.ndarray,
    one_hot: np.ndarray,
    problem: tuple[np.ndarray, np.ndarray],
    n_bits: int,
    max_iter: int,
    stop: Callable[[float, float, int], bool],
) -> tuple[np.ndarray, list[float]]:
    """Projections (m, n_bits), each to maximize h^T (residue) h, and the squared norm of the residue, n_bits + 1.

    Args:
        kernel: F, centered kernel features of the labeled rows, float64 (l, m).
        one_hot: Y, float64 (l, c).
        problem: of `spectral_problem`.
        n_bits: code length.
        max_iter: steps of the refinement of one bit.
        stop: whether to end the refinement, from its last two values and l.
    """
    n = len(kernel)
    whitened, factor = n_bits * problem[0], problem[1]
    codes, projections = np.empty((n, n_bits)), np.empty((kernel.shape[1], n_bits))
    objective = [float(n_bits * n) ** 2]
    for bit in range(n_bits):
        residue = Residue(n_bits, one_hot, codes[:, :bit])
        spectral = spectral_direction(whitened, factor) * np.sqrt(n)
        refined = refine(kernel, residue, spectral, max_iter, stop)
        # of equal values, max takes the first
        best = max((spectral, refined), key=lambda w: residue.form(bits_of(kernel, w)))
        code = bits_of(kernel, best)
        objective.append(objective[-1] - 2 * residue.form(code) + float(n) ** 2)
        codes[:, bit], projections[:, bit] = code, best
        along = solve_triangular(factor, kernel.T @ code, lower=True)
        whitened = whitened - np.outer(along, along)
    return projections, objective


def bits_of(kernel: np.ndarray, projection: np.ndarray) -> np.ndarray:
    """Signs of ``kernel`` (l, m) times ``projection`` (m,) as float64 (l,)."""
    return signs(kernel @ projection).astype(np.float64)


def spectral_direction(whitened: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """w = C^-T v (m,) with v the unit eigenvector of the algebraically largest eigenvalue of ``whitened`` (m, m).

    Its entry of largest size, the first of these, is positive.
    """
    last = len(whitened) - 1
    _, top = eigh(whitened, subset_by_index=[last, last])
    direction = solve_triangular(factor, top[:, 0], lower=True, trans="T")
    return svd_flip(direction[:, None], None)[0][:, 0]


def refine(
    kernel: np.ndarray,
    residue: Residue,
    start: np.ndarray,
    max_iter: int,
    stop: Callable[[float, float, int], bool],
) -> np.ndarray:
    """Minimize g(w) = -f^T (residue) f, f = tanh(F w / 2), by Nesterov's method with backtracking, from ``start``.

    What F makes of a point follows from what it makes of the points before it, so a step costs two products.
    """
    point = before = start
    image = image_before = kernel @ start
    value = -residue.form(np.tanh(image / 2))
    momentum_before, momentum, inverse_step = 0.0, 1.0, 1.0
    for _ in range(max_iter):
        push = (momentum_before - 1) / momentum
        ahead, image_ahead = point + push * (point - before), image + push * (image - image_before)
        smooth = np.tanh(image_ahead / 2)
        product = residue.times(smooth)
        gradient = -((product * (1 - smooth**2)) @ kernel)
        value_ahead, image_gradient = -(smooth @ product), kernel @ gradient
        for _ in range(_HALVINGS + 1):
            image_next = image_ahead - image_gradient / inverse_step
            value_next = -residue.form(np.tanh(image_next / 2))
            if value_next <= value_ahead - gradient @ gradient / (2 * inverse_step):
                break
            inverse_step *= 2
        else:
            return point
        before, point = point, ahead - gradient / inverse_step
        image_before, image = image, image_next
        if stop(value_next, value, len(kernel)):
            break
        value = value_next
        momentum_before, momentum = momentum, (1 + np.sqrt(1 + 4 * momentum**2)) / 2
    return point
