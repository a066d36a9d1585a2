"""Zero-shot hashing by transferring supervised knowledge, TSK (Yang et al., ACM Multimedia 2016)."""

import numpy as np
from scipy.linalg import orthogonal_procrustes
from scipy.sparse import csr_array, diags_array

from mgah import seeds
from mgah.baselines._anchors import mean_distance, squared_distances
from mgah.baselines._discrete_codes import CodeRegression, DiscreteKernelHashing, settled
from mgah.errors import InputError
from mgah.limits import POSITIVE
from mgah.methods.quantization import checked_rotation
from mgah.normalization import l2_rows
from mgah.semantics.embedding import class_vectors
from mgah.semantics.store import ClassSemantics

#: beta of each graph term, as in the code that has it.
_PROJECTION_RIDGES = {"outputs": 1e-4, "targets": 1e-2}
#: Rows whose distances to all others are held at a time.
_ROWS = 1000
#: Class vectors shorter than this after centering are rounding.
_NO_LENGTH = 1e-9


class TSK(DiscreteKernelHashing):
    """Codes from which a linear regression gives the class vectors, so that related classes get related codes.

    Minimizes ||T R - B W||^2 + lam ||W||^2 + alpha ||B - Phi P||^2 + beta ||P||^2 + gamma tr((Phi P)^T L (Phi P))
    over codes B, one bit at a time, over a rotation R of the class vectors T, over W and over P. Images are hashed
    by sgn(Phi P), without any class vector. R is kept from the paper, though no code depends on it: W R^T in
    place of W gives the same objective with R = I.

    Args:
        n_bits: code length.
        random_state: seed of anchors, first codes and first rotation.
        n_anchors: m, random training rows; all rows where there are fewer.
        graph: what the graph of nearest training images smooths. "outputs", the paper's term: the hash function's
            values Phi P. "targets", the term of the authors' release: the rotated class vectors, which is
            delta tr(R^T T^T L T R); no rotation changes its value, so no graph is computed and graph_weight and
            neighbors have no effect. Name the one used beside the numbers.
        graph_weight: gamma.
        neighbors: nearest images of each image in the graph.
        regularization: lam.
        fit_weight: alpha.
        projection_ridge: beta; None for the published value, 1e-4 for "outputs" and 1e-2 for "targets". It does not
            grow with the training set: 1e-2 leaves many bits constant on about a thousand images.
        center_semantics: subtract the mean of the seen classes from their vectors of unit length. Without it codes
            spend bits on what all vectors share.
        iterations: rounds of B, R, W, P.
        sweeps: passes over all bits in one update of B.
        tolerance: stop when P moves by less than this share.
        anchors: rows of unit length (m, d) in place of random ones.
        initial_codes: -1 and +1 (n, n_bits) in place of random signs.
        initial_rotation: orthogonal (a, a) in place of a random one.

    Attributes:
        anchors_: float64 (m, d).
        bandwidth_: mean squared distance of training rows to anchors, float64 (1,).
        projection_: P, float64 (m + 1, n_bits), the last row for the bias.
        objective_: the objective at the start (best W and P of the first codes) and after every update.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = TSK(n_bits=4, n_anchors=20).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "TSK"
    penalty_parameters = ("projection_ridge", "graph_weight", "fit_weight")

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        n_anchors: int = 1000,
        graph: str = "outputs",
        graph_weight: float = 1e-6,
        neighbors: int = 10,
        regularization: float = 1e-2,
        fit_weight: float = 1e-5,
        projection_ridge: float | None = None,
        center_semantics: bool = True,
        iterations: int = 10,
        sweeps: int = 10,
        tolerance: float = 1e-5,
        anchors: np.ndarray | None = None,
        initial_codes: np.ndarray | None = None,
        initial_rotation: np.ndarray | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.n_anchors = n_anchors
        self.graph = graph
        self.graph_weight = graph_weight
        self.neighbors = neighbors
        self.regularization = regularization
        self.fit_weight = fit_weight
        self.projection_ridge = projection_ridge
        self.center_semantics = center_semantics
        self.iterations = iterations
        self.sweeps = sweeps
        self.tolerance = tolerance
        self.anchors = anchors
        self.initial_codes = initial_codes
        self.initial_rotation = initial_rotation

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"graph": tuple(_PROJECTION_RIDGES)})
        self._check_flags("center_semantics")
        if self.projection_ridge is not None:
            self._check_bounds({"projection_ridge": POSITIVE}, " or None")
        self._check_bounds({"graph_weight": (0, np.inf)})
        self._check_integers({"neighbors": 1})
        if self._has_graph and self.neighbors >= len(features):
            raise InputError(
                f"TSK: neighbors is {self.neighbors}, expected fewer than the {len(features)} training rows"
            )

    @property
    def _has_graph(self) -> bool:
        return self.graph == "outputs" and self.graph_weight > 0

    def _bandwidth(self, distances: np.ndarray) -> float:
        return mean_distance("TSK", distances)

    def _targets(self, labels: np.ndarray, semantics: ClassSemantics) -> np.ndarray:
        vectors = l2_rows(class_vectors(semantics))
        if self.center_semantics:
            vectors = vectors - vectors.mean(axis=0)
        if np.abs(vectors).max() < _NO_LENGTH:
            raise InputError(
                f"TSK: the vectors of the classes {list(semantics.names)} have no direction of their own, "
                "expected ones that differ: use another source of class semantics"
            )
        if self.initial_rotation is not None:
            checked_rotation("TSK", self.initial_rotation, vectors.shape[1])
        return vectors

    def _graph(self, rows: np.ndarray) -> csr_array | None:
        return neighbor_laplacian(rows, self.neighbors) if self._has_graph else None

    def _penalty(self, kernel: np.ndarray, graph: csr_array | None) -> np.ndarray:
        ridge = self.projection_ridge
        ridge = _PROJECTION_RIDGES[self.graph] if ridge is None else ridge
        penalty = ridge / self.fit_weight * np.eye(kernel.shape[1])
        if graph is not None:
            roughness = kernel.T @ (graph @ kernel)
            penalty += self.graph_weight / self.fit_weight * (roughness + roughness.T) / 2
        return penalty

    def _descend(
        self, problem: CodeRegression, targets: np.ndarray, codes: np.ndarray
    ) -> tuple[np.ndarray, list[float]]:
        rotated = targets @ self._start_rotation(targets.shape[1])
        weight, projection = problem.weight(codes, rotated), problem.projection(codes)
        objective = [problem.objective(codes, rotated, weight, projection)]
        for _ in range(self.iterations):
            codes = problem.codes(codes, rotated, weight, projection, self.sweeps)
            objective.append(problem.objective(codes, rotated, weight, projection))
            rotated = targets @ best_rotation(targets, problem.class_sums(codes) @ weight)
            objective.append(problem.objective(codes, rotated, weight, projection))
            weight = problem.weight(codes, rotated)
            objective.append(problem.objective(codes, rotated, weight, projection))
            before, projection = projection, problem.projection(codes)
            objective.append(problem.objective(codes, rotated, weight, projection))
            if settled(projection, before, self.tolerance):
                break
        return projection, objective

    def _start_rotation(self, width: int) -> np.ndarray:
        """R at the start: given, or the orthogonal factor of a random matrix drawn by the seed."""
        if self.initial_rotation is None:
            random = seeds.generator(self.random_state, "rotation")
            return np.linalg.qr(random.standard_normal((width, width)))[0]
        return checked_rotation("TSK", self.initial_rotation, width)


def best_rotation(targets: np.ndarray, class_sums: np.ndarray) -> np.ndarray:
    """Orthogonal R that minimizes ||T R - B W||^2, from class vectors (c, a) and sums of B W by class (c, a).

    T^T B W is the product of the two, so that neither factor of n rows is needed.
    """
    return orthogonal_procrustes(targets, class_sums)[0]


def neighbor_laplacian(rows: np.ndarray, neighbors: int) -> csr_array:
    """Laplacian of the graph of nearest ``rows`` (n, d): symmetric csr_array float64 (n, n), rows sum to 0.

    Each row is joined to its nearest ``neighbors``, itself not counted and the first ones on ties, with weight
    exp(-D2 / s2), s2 the mean D2 of these pairs; a pair is joined when either has the other.
    """
    n = len(rows)
    sources = np.repeat(np.arange(n), neighbors)
    nearest = [_nearest_others(rows, start, neighbors) for start in range(0, n, _ROWS)]
    targets = np.concatenate([columns for columns, _ in nearest])
    distances = np.concatenate([values for _, values in nearest])
    weights = np.exp(-distances / (distances.mean() or 1.0))
    affinity = csr_array((weights, (sources, targets)), shape=(n, n))
    affinity = affinity.maximum(affinity.T)
    return csr_array(diags_array(affinity.sum(axis=1)) - affinity)


def _nearest_others(rows: np.ndarray, start: int, neighbors: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices and squared distances of the nearest others of the rows from ``start`` on, flat, row by row."""
    distances = squared_distances(rows[start : start + _ROWS], rows)
    own = np.arange(len(distances))
    distances[own, start + own] = np.inf
    limit = np.partition(distances, neighbors - 1, axis=1)[:, neighbors - 1 : neighbors]
    row, column = np.nonzero(distances <= limit)  # more than asked where the farthest one has ties
    order = np.lexsort((column, distances[row, column], row))
    row, column = row[order], column[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    row, column = row[rank < neighbors], column[rank < neighbors]
    return column, distances[row, column]
