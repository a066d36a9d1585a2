"""What SDH and TSK share: discrete codes that regress class targets, and their projection from kernel features."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

from mgah import seeds
from mgah.baselines._anchors import (
    anchors_of,
    by_seed,
    check_anchors,
    rbf_features,
    squared_distances,
    unit_rows,
)
from mgah.errors import InputError
from mgah.limits import POSITIVE
from mgah.methods.array_parameters import read_array
from mgah.methods.base import signs
from mgah.methods.checks import check_varied
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.semantics.store import ClassSemantics


class CodeRegression:
    """The blocks of min ||T - B W||^2 + lam ||W||^2 + nu (||B - Phi P||^2 + tr(P^T S P)) over B in {-1, +1}, W, P.

    B (n, K) are codes, W (K, a) regresses the targets T (n, a) = targets[labels] from them, and P (m + 1, K)
    projects kernel features to them. Targets are given by class, (c, a). All arrays are float64.

    Args:
        kernel: Phi (n, m + 1).
        penalty: S (m + 1, m + 1), so that Phi^T Phi + S is positive definite.
        labels: integers (n,), 0..c-1.
        regularization, fit_weight: lam and nu, both above 0.
        who: the method, for an error's sentence.

    Raises:
        LinAlgError, ValueError: where Phi^T Phi + S is not positive definite in float64, or not finite.
    """

    def __init__(
        self,
        kernel: np.ndarray,
        penalty: np.ndarray,
        labels: np.ndarray,
        regularization: float,
        fit_weight: float,
        who: str = "CodeRegression",
    ) -> None:
        self.kernel, self.penalty, self.labels = kernel, penalty, labels
        self.regularization, self.fit_weight, self.who = regularization, fit_weight, who
        self._factor = cho_factor(kernel.T @ kernel + penalty)
        n = len(labels)
        self._members = csr_array((np.ones(n), (labels, np.arange(n))))

    def class_sums(self, codes: np.ndarray) -> np.ndarray:
        """Sum of the codes of each class, Y^T B: (c, K), exact."""
        return self._members @ codes

    def weight(self, codes: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The best W: (B^T B + lam I)^-1 B^T T; `InputError` where lam is lost in the rounding of a singular B^T B."""
        gram = codes.T @ codes + self.regularization * np.eye(codes.shape[1])
        try:
            factor = cho_factor(gram)
        except np.linalg.LinAlgError as error:
            raise InputError(
                f"{self.who}: regularization is {self.regularization}, which is lost in rounding beside the products "
                f"of {len(codes)} codes: raise it"
            ) from error
        return cho_solve(factor, self.class_sums(codes).T @ targets)

    def projection(self, codes: np.ndarray) -> np.ndarray:
        """The best P: (Phi^T Phi + S)^-1 Phi^T B."""
        return cho_solve(self._factor, self.kernel.T @ codes)

    def codes(
        self,
        codes: np.ndarray,
        targets: np.ndarray,
        weight: np.ndarray,
        projection: np.ndarray,
        sweeps: int,
    ) -> np.ndarray:
        """Codes B that are no worse than ``codes``, bit by bit."""
        linear = self.fit_weight * (self.kernel @ projection) + (targets @ weight.T)[self.labels]
        return cyclic_coordinate_descent(codes, linear, weight @ weight.T, sweeps)

    def objective(
        self, codes: np.ndarray, targets: np.ndarray, weight: np.ndarray, projection: np.ndarray
    ) -> float:
        """The value that every block lowers or keeps."""
        regression = ((targets[self.labels] - codes @ weight) ** 2).sum()
        fit = ((codes - self.kernel @ projection) ** 2).sum()
        smoothness = (projection * (self.penalty @ projection)).sum()
        return float(
            regression + self.regularization * (weight**2).sum() + self.fit_weight * (fit + smoothness)
        )


def cyclic_coordinate_descent(
    codes: np.ndarray, linear: np.ndarray, quadratic: np.ndarray, sweeps: int
) -> np.ndarray:
    """Lower tr(B G B^T) - 2 tr(Q^T B) over codes B in {-1, +1}, one bit column after the other (DCC).

    Args:
        codes: B at the start, float64 (n, K).
        linear: Q, float64 (n, K).
        quadratic: G, symmetric float64 (K, K).
        sweeps: passes over all bits at the most; a pass that changes no bit is the last.
    """
    codes = codes.copy()
    for _ in range(sweeps):
        changed = False
        for bit in range(codes.shape[1]):
            old = codes[:, bit].copy()
            others = codes @ quadratic[:, bit] - old * quadratic[bit, bit]
            codes[:, bit] = signs(linear[:, bit] - others)
            changed |= not np.array_equal(codes[:, bit], old)
        if not changed:
            break
    return codes


def settled(new: np.ndarray, old: np.ndarray, tolerance: float) -> bool:
    """Whether a projection moved by less than ``tolerance`` of its spectral norm."""
    return bool(np.linalg.norm(new - old) < tolerance * np.linalg.norm(old, 2))


def with_bias(kernel: np.ndarray) -> np.ndarray:
    """``kernel`` (n, m) and a last column of ones."""
    return np.column_stack([kernel, np.ones(len(kernel))])


class DiscreteKernelHashing(SignsOfOutputs):
    """Discrete training codes B, and the hash function sgn(Phi P) that is learned to give them.

    Phi = [exp(-D2 / bandwidth), 1], D2 the squared distances of rows of unit length to random training rows.
    Subclasses have the parameters n_anchors, regularization, fit_weight, iterations, sweeps, tolerance, anchors
    and initial_codes, and say what bandwidth, targets, penalty and order of updates are theirs.
    """

    #: Parameters of the penalty S, for an error's sentence.
    penalty_parameters: ClassVar[tuple[str, ...]]

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_integers({"n_anchors": 1, "iterations": 1, "sweeps": 1})
        self._check_bounds({"regularization": POSITIVE, "fit_weight": POSITIVE, "tolerance": (0, np.inf)})
        check_varied(type(self).__name__, features, unit=True)
        check_anchors(type(self).__name__, self.anchors, features.shape[1])
        if self.initial_codes is not None:
            who, shape = type(self).__name__, (len(features), self.n_bits)
            if not np.isin(read_array(who, "initial_codes", self.initial_codes, shape), (-1, 1)).all():
                raise InputError(
                    f"{who}: initial_codes has other values, expected -1 and +1 of shape {shape}"
                )

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        first = methods[0]
        targets = first._targets(labels, semantics)  # checks what depends on them before anything is computed
        rows = unit_rows(features)
        graph = first._graph(rows)
        for group in by_seed(methods):
            cls._fit_group(group, rows, labels, targets, graph)

    @classmethod
    def _fit_group(
        cls,
        methods: Sequence[Self],
        rows: np.ndarray,
        labels: np.ndarray,
        targets: np.ndarray,
        graph: csr_array | None,
    ) -> None:
        """Fit methods of one seed, which share anchors and kernel features."""
        first = methods[0]
        anchors = anchors_of(first, rows)
        distances = squared_distances(rows, anchors)
        bandwidth = first._bandwidth(distances)
        kernel = with_bias(np.exp(distances / -bandwidth))
        del distances
        problem = first._problem(kernel, graph, labels)
        for method in methods:
            method.anchors_, method.bandwidth_ = anchors, np.array([bandwidth])
            method.projection_, method.objective_ = method._descend(
                problem, targets, method._start(len(rows))
            )

    def _problem(self, kernel: np.ndarray, graph: csr_array | None, labels: np.ndarray) -> CodeRegression:
        """The problem of ``kernel`` Phi; `InputError` with the parameters of S where it has no solution in float64."""
        with np.errstate(over="ignore", invalid="ignore"):
            penalty = self._penalty(kernel, graph)
        try:
            weights = self.regularization, self.fit_weight
            return CodeRegression(kernel, penalty, labels, *weights, who=type(self).__name__)
        except ValueError as error:  # LinAlgError is one
            given = ", ".join(f"{name} is {getattr(self, name)}" for name in self.penalty_parameters)
            raise InputError(
                f"{type(self).__name__}: {given}, with which the equations of the projection have no solution in "
                "64-bit numbers: choose values nearer to the defaults"
            ) from error

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        kernel = with_bias(rbf_features(unit_rows(features), self.anchors_, self.bandwidth_))
        return kernel @ self.projection_

    def _start(self, n: int) -> np.ndarray:
        """Codes at the start: given, or random signs from the seed's stream "first codes"."""
        if self.initial_codes is not None:
            return np.array(self.initial_codes, dtype=np.float64)
        random = seeds.generator(self.random_state, "first codes")
        return signs(random.standard_normal((n, self.n_bits))).astype(np.float64)

    @abstractmethod
    def _bandwidth(self, distances: np.ndarray) -> float:
        """Bandwidth of the kernel from squared distances (n, m) of training rows to anchors."""

    @abstractmethod
    def _targets(self, labels: np.ndarray, semantics: ClassSemantics) -> np.ndarray:
        """Target of every class, float64 (c, a)."""

    def _graph(self, rows: np.ndarray) -> csr_array | None:
        """Laplacian (n, n) of a graph of the training rows, None for methods without one."""
        return None

    @abstractmethod
    def _penalty(self, kernel: np.ndarray, graph: csr_array | None) -> np.ndarray:
        """S (m + 1, m + 1) of `CodeRegression`."""

    @abstractmethod
    def _descend(
        self, problem: CodeRegression, targets: np.ndarray, codes: np.ndarray
    ) -> tuple[np.ndarray, list[float]]:
        """Update the blocks in turn from ``codes``: the last projection, and the objective after every update."""
