"""Supervised Discrete Hashing (Shen, Shen, Liu and Shen, CVPR 2015)."""

import numpy as np
from scipy.sparse import csr_array

from mgah.baselines._anchors import mean_distance
from mgah.baselines._discrete_codes import CodeRegression, DiscreteKernelHashing, settled
from mgah.limits import POSITIVE
from mgah.semantics.store import ClassSemantics

#: Bounds of sigma whose squares are numbers.
_SIGMAS = (1e-150, 1e150)


class SDH(DiscreteKernelHashing):
    """Codes from which a linear regression gives the class, and a kernel hash function that follows them.

    Minimizes ||Y - B W||^2 + lam ||W||^2 + nu (||B - Phi P||^2 + lam_F ||P||^2) over codes B, one bit at a time,
    over W and over P; Y are one-hot labels. Images are hashed by sgn(Phi P); defaults are those of the authors' code.

    Args:
        n_bits: code length.
        random_state: seed of anchors and first codes.
        n_anchors: m, random training rows; all rows where there are fewer.
        sigma: width of the kernel exp(-D2 / (2 sigma^2)) on rows of unit length, or "mean": 2 sigma^2 is then the
            mean squared distance of training rows to anchors.
        regularization: lam.
        fit_weight: nu, weight of the hash function's fit; as small as by default, labels alone decide the codes.
        projection_ridge: lam_F, inside the parenthesis: it is not scaled by nu a second time.
        iterations: rounds of B, W, P.
        sweeps: passes over all bits in one update of B.
        tolerance: stop when P moves, or misses B, by less than this share.
        anchors: rows of unit length (m, d) in place of random ones.
        initial_codes: -1 and +1 (n, n_bits) in place of random signs.

    Attributes:
        anchors_: float64 (m, d).
        bandwidth_: 2 sigma^2, float64 (1,).
        projection_: P, float64 (m + 1, n_bits), the last row for the bias.
        objective_: the objective at the start (best W and P of the first codes) and after every update.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = SDH(n_bits=4, n_anchors=20).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "SDH"
    penalty_parameters = ("projection_ridge",)
    uses_semantics = False

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        n_anchors: int = 1000,
        sigma: float | str = 0.4,
        regularization: float = 1.0,
        fit_weight: float = 1e-5,
        projection_ridge: float = 1e-2,
        iterations: int = 5,
        sweeps: int = 10,
        tolerance: float = 1e-5,
        anchors: np.ndarray | None = None,
        initial_codes: np.ndarray | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.n_anchors = n_anchors
        self.sigma = sigma
        self.regularization = regularization
        self.fit_weight = fit_weight
        self.projection_ridge = projection_ridge
        self.iterations = iterations
        self.sweeps = sweeps
        self.tolerance = tolerance
        self.anchors = anchors
        self.initial_codes = initial_codes

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"projection_ridge": POSITIVE})
        if self.sigma != "mean":
            self._check_bounds({"sigma": _SIGMAS}, " or 'mean'")

    def _bandwidth(self, distances: np.ndarray) -> float:
        return mean_distance("SDH", distances) if isinstance(self.sigma, str) else 2.0 * self.sigma**2

    def _targets(self, labels: np.ndarray, semantics: ClassSemantics) -> np.ndarray:
        return np.eye(int(labels.max()) + 1)

    def _penalty(self, kernel: np.ndarray, graph: csr_array | None) -> np.ndarray:
        return self.projection_ridge * np.eye(kernel.shape[1])

    def _descend(
        self, problem: CodeRegression, targets: np.ndarray, codes: np.ndarray
    ) -> tuple[np.ndarray, list[float]]:
        weight, projection = problem.weight(codes, targets), problem.projection(codes)
        objective = [problem.objective(codes, targets, weight, projection)]
        for _ in range(self.iterations):
            codes = problem.codes(codes, targets, weight, projection, self.sweeps)
            objective.append(problem.objective(codes, targets, weight, projection))
            weight = problem.weight(codes, targets)
            objective.append(problem.objective(codes, targets, weight, projection))
            before, projection = projection, problem.projection(codes)
            objective.append(problem.objective(codes, targets, weight, projection))
            miss = np.linalg.norm(codes - problem.kernel @ projection)
            if settled(projection, before, self.tolerance) or miss < self.tolerance * np.linalg.norm(codes):
                break
        return projection, objective
