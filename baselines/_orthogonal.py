"""The linear model of DOPH: projections in closed form, and a search for class codes that are nearly orthogonal."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from mgah.baselines._hadamard import orthogonal_codes
from mgah.methods.base import HashingMethod
from mgah.methods.checks import check_varied
from mgah.normalization import l2_rows
from mgah.semantics.embedding import class_vectors
from mgah.semantics.store import ClassSemantics

#: What a reader must be told of both models.
NOTES = (
    "DOPH is a reconstruction: its authors never published code, and the losses, the solver and all weights are "
    "reconstructed from the paper's abstract and its description in the MGAH paper",
)


@dataclass(frozen=True)
class ClassCodeProblem:
    """What the search for class codes H (C, K) shares over code lengths; training statistics alone.

    With one-hot labels Y, centered features X and class vectors A, the objective over H and projections W, V is

        F = [||Y H - X W||^2 + g_x ||W||^2] / (n K) + alpha [||H - A V||^2 + g_a ||V||^2] / (C K)
            + beta ||H H^T - K I||^2 / (C K)^2.

    Its minimum over W = G_x H and V = G_a H depends on H alone:

        F(H) = 1 + alpha - tr(H^T P H) / K + beta / (C K)^2 * sum of <h_p, h_q>^2 over p != q,
        P = Y^T X G_x / n + alpha A G_a / C.

    Attributes:
        feature_mean: float64 (d,).
        feature_ridge: G_x = (X^T X + g_x I)^-1 X^T Y, float64 (d, C).
        vectors: A, centered by ``vector_mean`` (s,), float64 (C, s).
        affinity: P, float64 (C, C): classes that look alike or mean alike want equal bits.
        alpha, beta: weights of the semantics and of orthogonality.
    """

    feature_mean: np.ndarray
    feature_ridge: np.ndarray
    vectors: np.ndarray
    vector_mean: np.ndarray
    affinity: np.ndarray
    alpha: float
    beta: float

    @classmethod
    def build(
        cls,
        features: np.ndarray,
        labels: np.ndarray,
        vectors: np.ndarray,
        alpha: float,
        beta: float,
        ridge_features: float,
        ridge_semantics: float,
    ) -> "ClassCodeProblem":
        """From features (n, d), labels 0..C-1 (n,) and class vectors (C, s).

        Ridges are in mean eigenvalues: g_x = ``ridge_features`` tr(X^T X) / d, and g_a is
        ``ridge_semantics`` tr(A^T A) / min(C - 1, s), the rank that centered vectors can have.
        """
        n, classes = len(features), len(vectors)
        mean, ridge, fitted = image_projection(features, labels, classes, ridge_features)
        vector_mean = vectors.mean(axis=0)
        problem = cls(mean, ridge, vectors - vector_mean, vector_mean, np.empty(0), alpha, beta)
        semantic = problem.vectors @ problem.semantic_ridge(ridge_semantics)
        affinity = fitted / n + alpha * semantic / classes
        return cls(mean, ridge, problem.vectors, vector_mean, (affinity + affinity.T) / 2, alpha, beta)

    def semantic_ridge(self, ridge: float) -> np.ndarray:
        """G_a = (A^T A + g_a I)^-1 A^T, float64 (s, C)."""
        classes, s = self.vectors.shape
        return ridge_solution(self.vectors.T @ self.vectors, self.vectors.T, ridge / min(classes - 1, s))

    def objective(self, codes: np.ndarray) -> float:
        """F(H) of ``codes``, -1 and +1 (C, K)."""
        classes, n_bits = codes.shape
        products = codes @ codes.T
        np.fill_diagonal(products, 0)
        fitted = np.vdot(codes, self.affinity @ codes) / n_bits
        return float(1 + self.alpha - fitted + self.beta * (products**2).sum() / (classes * n_bits) ** 2)

    def start(self, n_bits: int, random: np.random.Generator) -> np.ndarray:
        """Orthogonal class codes where there are any, else random ones, float64 (C, n_bits)."""
        classes = len(self.affinity)
        codes = orthogonal_codes(classes, n_bits, random)
        return random.choice([-1.0, 1.0], (classes, n_bits)) if codes is None else codes

    def class_codes(
        self, n_bits: int, sweeps: int, random: np.random.Generator
    ) -> tuple[np.ndarray, list[float]]:
        """`search` from `start`: float64 (C, n_bits) of -1 and +1, and F at the start and after each pass."""
        return self.search(self.start(n_bits, random), sweeps, random)

    def search(
        self, codes: np.ndarray, sweeps: int, random: np.random.Generator
    ) -> tuple[np.ndarray, list[float]]:
        """Flip single entries of ``codes`` as long as F falls, a bit at a time in random order.

        The projections follow each flip. With W and V held fixed instead they would vote for the codes they were
        fitted to, and those would hardly move.

        Returns:
            The codes after ``sweeps`` passes, or after the first that changes nothing, and F at the start and after
            each pass.
        """
        codes = codes.copy()
        classes, n_bits = codes.shape
        affinity = self.affinity / n_bits
        np.fill_diagonal(affinity, 0)
        penalty = 2 * self.beta / (classes * n_bits) ** 2
        objective = [self.objective(codes)]
        for _ in range(sweeps):
            before = codes.copy()
            for bit in random.permutation(n_bits):
                column = codes[:, bit]
                products = codes @ codes.T - np.outer(column, column)
                np.fill_diagonal(products, 0)
                gain = affinity - penalty * products
                for place in range(classes):
                    pull = gain[place] @ column
                    if pull != 0:
                        column[place] = 1.0 if pull > 0 else -1.0
            objective.append(self.objective(codes))
            if (codes == before).all():
                break
        return codes, objective


def image_projection(
    features: np.ndarray, labels: np.ndarray, classes: int, ridge: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (d,) of features (n, d), G_x (d, C) for what is centered by it, and Y^T X G_x (C, C), all float64.

    Codes H of the classes have the projection W = G_x H; ``ridge`` is in mean eigenvalues of the scatter.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    centered = features - mean
    sums = centered.T @ np.eye(classes)[labels]
    solution = ridge_solution(centered.T @ centered, sums, ridge / centered.shape[1])
    return mean, solution, sums.T @ solution


def class_code_problem(
    method: HashingMethod, rows: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
) -> ClassCodeProblem:
    """The search that ``method`` asks for by its parameters, on training rows (n, d) and labels (n,)."""
    vectors = l2_rows(class_vectors(semantics))
    weights = (method.alpha, method.beta, method.ridge_features, method.ridge_semantics)
    return ClassCodeProblem.build(rows, labels, vectors, *weights)


def check_linear_parameters(method: HashingMethod, features: np.ndarray) -> None:
    """Raise `InputError` for parameters of the linear model that cannot be, or features (n, d) that all are equal.

    With the parameter ``feature_norm`` "l2" it is the rows of unit length that may not be.
    """
    method._check_bounds({name: (1e-9, np.inf) for name in ("ridge_features", "ridge_semantics")})
    method._check_bounds({name: (0, np.inf) for name in ("alpha", "beta")})
    method._check_integers({"sweeps": 0})
    check_varied(type(method).__name__, features, unit=method.feature_norm == "l2")


def ridge_solution(scatter: np.ndarray, targets: np.ndarray, ridge: float) -> np.ndarray:
    """(S + g I)^-1 T with g = ``ridge`` tr(S), from S (d, d) and T (d, k); 0 where S is 0."""
    strength = max(ridge * np.trace(scatter), np.finfo(np.float64).tiny)
    return cho_solve(cho_factor(scatter + strength * np.eye(len(scatter))), targets)
