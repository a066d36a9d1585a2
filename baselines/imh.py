"""Inductive Manifold Hashing (Shen et al., CVPR 2013; "Hashing on nonlinear manifolds", TIP 2015)."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils.extmath import svd_flip
from threadpoolctl import threadpool_limits

from mgah import seeds
from mgah.baselines._anchors import by_seed, check_anchors, random_subset, squared_distances, unit_rows
from mgah.errors import InputError
from mgah.limits import POSITIVE
from mgah.methods.array_parameters import read_array
from mgah.methods.checks import check_varied
from mgah.methods.signs_of_outputs import SignsOfOutputs

#: Lloyd iterations of the authors' k-means.
_LLOYD_ITERATIONS = 10
#: Affinities below this share of the largest are lost in the rounding of the eigendecomposition: no edge.
_NO_EDGE = 1e-12
#: Least weight of an edge that joins two components, in medians of the base graph's weights.
_WEAK_EDGE = 1e-3


class IMH(SignsOfOutputs):
    """Embeds k-means centers by their manifold; an image takes the mean of its nearest centers. Unsupervised.

    Rows are brought to unit length. The base set of m centers gets an embedding E (m, n_bits), and
    h(x) = sgn(z(x) E), where z(x) are normalized Gaussian weights of the nearest centers of x.

    Args:
        n_bits: code length, below the number of anchors.
        random_state: seed of k-means' start and of t-SNE.
        n_anchors: centers m, at most the training rows; the authors take 400.
        neighbors: centers that an image is averaged over.
        base_neighbors: centers that a center is joined to, itself the first of them.
        relation_weight: weight of the relation between centers and images against the graph of centers.
        embedding: ``"le"``, Laplacian eigenmaps, or ``"tsne"``, the authors' best. Eigenmaps are the default:
            t-SNE is chaotic, so that another machine may get other codes, and on CNN features they lead.
        perplexity: of t-SNE.
        anchors: centers (m, d) in place of k-means, in the space of unit-length rows.
        initial_embedding: E (m, n_bits) in place of the embedding.

    Attributes:
        anchors_: centers, float64 (m, d).
        bandwidth_: of the weights, float64 (1,): the squared mean distance of training rows to their last neighbor.
        embedding_: E, float64 (m, n_bits).
        objective_: eigenvalue of every bit (eigenmaps), the divergence (t-SNE), or nothing for a given embedding.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = IMH(n_bits=4, n_anchors=20).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "IMH"
    uses_labels = False
    uses_semantics = False
    longest_code = "anchors"
    quick_parameters: ClassVar = {"n_anchors": 40}  # fewer than rows: otherwise all are taken and none drawn

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        n_anchors: int = 400,
        neighbors: int = 5,
        base_neighbors: int = 20,
        relation_weight: float = 2.0,
        embedding: str = "le",
        perplexity: float = 10.0,
        anchors: np.ndarray | None = None,
        initial_embedding: np.ndarray | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.n_anchors = n_anchors
        self.neighbors = neighbors
        self.base_neighbors = base_neighbors
        self.relation_weight = relation_weight
        self.embedding = embedding
        self.perplexity = perplexity
        self.anchors = anchors
        self.initial_embedding = initial_embedding

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_integers({"n_anchors": 2, "neighbors": 1, "base_neighbors": 2})
        self._check_choices({"embedding": ("le", "tsne")})
        self._check_bounds({"relation_weight": (0, np.inf), "perplexity": POSITIVE})
        check_varied("IMH", features, unit=True)
        check_anchors("IMH", self.anchors, features.shape[1])
        m = min(self.n_anchors, len(features)) if self.anchors is None else len(self.anchors)
        needed = max(self.n_bits + 1, self.neighbors, self.base_neighbors)
        if m < needed:
            raise InputError(
                f"IMH: {m} anchors of {len(features)} training rows, expected {needed} or more for {self.n_bits} bits, "
                f"{self.neighbors} neighbors and {self.base_neighbors} base neighbors: lower these or give more rows"
            )
        if self.embedding == "tsne" and self.perplexity >= m:
            raise InputError(f"IMH: perplexity is {self.perplexity!r}, expected below the {m} anchors")
        if self.initial_embedding is not None:
            read_array("IMH", "initial_embedding", self.initial_embedding, (m, self.n_bits))

    @classmethod
    def _fit_many(cls, methods: Sequence["IMH"], features: np.ndarray, labels: np.ndarray, semantics) -> None:
        # k-means and t-SNE have threads of their own, on whose number their sums depend
        with threadpool_limits(1, user_api="openmp"):
            rows = unit_rows(features)
            for group in by_seed(methods):
                _fit_one_base(group, rows)

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        nearest, squared = nearest_anchors(unit_rows(features), self.anchors_, self.neighbors)
        weights = averaging_weights(squared, self.bandwidth_)
        return np.einsum("ns,nsk->nk", weights, self.embedding_[nearest])


def _fit_one_base(methods: Sequence[IMH], rows: np.ndarray) -> None:
    """Fit methods of one seed, which share the base set and its eigenvectors."""
    first = methods[0]
    if first.anchors is None:
        anchors = k_means(rows, first.n_anchors, seeds.generator(first.random_state, "anchors"))
    else:
        anchors = np.array(first.anchors, dtype=np.float64)
    nearest, squared = nearest_anchors(rows, anchors, first.neighbors)
    bandwidth = neighbor_bandwidth(squared)
    eigenmaps = None
    for method in methods:
        method.anchors_, method.bandwidth_ = anchors, np.array([bandwidth])
        if method.initial_embedding is not None:
            method.embedding_ = np.array(method.initial_embedding, dtype=np.float64)
            method.objective_ = []
        elif method.embedding == "tsne":
            method.embedding_, method.objective_ = tsne(anchors, method)
        else:
            if eigenmaps is None:
                shared = shared_images(nearest, squared, bandwidth, len(anchors))
                affinity = base_affinity(anchors, first.base_neighbors, first.relation_weight * shared)
                eigenmaps = laplacian_eigenmaps(affinity)
            eigenvalues, vectors = eigenmaps
            method.embedding_ = np.ascontiguousarray(vectors[:, : method.n_bits])
            method.objective_ = eigenvalues[: method.n_bits].tolist()


def k_means(rows: np.ndarray, m: int, rng: np.random.Generator) -> np.ndarray:
    """Centers (min(m, n), d) of ``rows`` (n, d) after 10 Lloyd iterations from random rows.

    An empty cluster takes the row farthest from its center.
    """
    start = rows[random_subset(len(rows), m, rng)]
    lloyd = KMeans(len(start), init=start, n_init=1, max_iter=_LLOYD_ITERATIONS, tol=0, algorithm="lloyd")
    return lloyd.fit(rows).cluster_centers_


def nearest_anchors(rows: np.ndarray, anchors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices and squared distances of the ``count`` nearest anchors of every row, (n, count) each, nearest first.

    Of equally near anchors the first one is taken.
    """
    distances = squared_distances(rows, anchors)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return nearest, np.take_along_axis(distances, nearest, axis=1)


def neighbor_bandwidth(squared: np.ndarray) -> float:
    """sigma^2, sigma the mean distance to the last neighbor, from squared distances (n, count), nearest first."""
    bandwidth = float(np.sqrt(squared[:, -1]).mean() ** 2)
    if bandwidth == 0:
        raise InputError(
            "IMH: all neighbors of all rows are equal to them, expected distinct rows: "
            "give other features or more neighbors"
        )
    return bandwidth


def averaging_weights(squared: np.ndarray, bandwidth: float | np.ndarray) -> np.ndarray:
    """Rows of exp(-squared / bandwidth) with sum 1, from squared distances (n, count), nearest first."""
    # relative to the nearest, so that a row far from everything does not lose all its weights to underflow
    weights = np.exp((squared[:, :1] - squared) / bandwidth)
    return weights / weights.sum(axis=1, keepdims=True)


def shared_images(nearest: np.ndarray, squared: np.ndarray, bandwidth: float, m: int) -> np.ndarray:
    """How much anchors share images: Zn^T Z, symmetric (m, m), with Z the weights and Zn its rows at sum 1."""
    n, count = nearest.shape
    weights = averaging_weights(squared, bandwidth)
    relation = csr_array((weights.ravel(), nearest.ravel(), np.arange(0, n * count + 1, count)), shape=(n, m))
    mass = np.exp(-squared / bandwidth).sum(axis=1)
    shared = (relation.T @ relation.multiply(mass[:, None])).toarray()
    return (shared + shared.T) / 2


def base_affinity(anchors: np.ndarray, neighbors: int, relation: np.ndarray) -> np.ndarray:
    """Symmetric affinity (m, m) of the anchors whose Laplacian is the objective, zero on the diagonal, connected.

    The objective's M + 2 N is one Laplacian, because rows of N = diag(Z^T 1) - Zn^T Z sum to 0: that of the
    neighbor graph of the anchors plus ``relation`` (m, m), here 2 Zn^T Z.
    """
    squared = squared_distances(anchors, anchors)
    np.fill_diagonal(squared, 0)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :neighbors]
    near = np.take_along_axis(squared, nearest, axis=1)
    bandwidth = neighbor_bandwidth(near)
    graph = np.zeros_like(squared)
    np.put_along_axis(graph, nearest, np.exp(-near / bandwidth), axis=1)
    graph = np.maximum(graph, graph.T)
    np.fill_diagonal(graph, 0)
    affinity = graph + relation
    np.fill_diagonal(affinity, 0)
    first, second = joining_edges(affinity, squared)
    weakest = _WEAK_EDGE * np.median(graph[graph > 0])
    weights = np.maximum(np.exp(-squared[first, second] / bandwidth), weakest)
    affinity[first, second] += weights
    affinity[second, first] += weights
    return affinity


def joining_edges(affinity: np.ndarray, squared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the shortest edges that join the components of ``affinity`` (m, m) to one; none if it is one.

    Without them the constant vector is not alone in the kernel of the Laplacian: each of its other vectors is
    zero outside some components, and the codes there are signs of rounding errors.
    """
    _, component = connected_components(csr_array(affinity > _NO_EDGE * affinity.max()), directed=False)
    within = component[:, None] == component
    tree = minimum_spanning_tree(np.where(within, 1.0, 2.0 + squared)).tocoo()  # all edges within come first
    across = component[tree.row] != component[tree.col]
    return tree.row[across], tree.col[across]


def laplacian_eigenmaps(affinity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (m - 1,), ascending, and eigenvectors (m, m - 1) of the Laplacian, the constant one left out.

    Columns have squared norm m; their entry of largest size, the first of these, is positive.
    """
    m, degrees = len(affinity), affinity.sum(axis=1)
    # No eigenvalue exceeds twice the largest degree, so this shift makes the constant vector the last one.
    shifted = np.diag(degrees) - affinity + 3 * degrees.max() / m
    eigenvalues, vectors = np.linalg.eigh(shifted)
    eigenvalues, vectors = eigenvalues[:-1], vectors[:, :-1]
    return eigenvalues, svd_flip(vectors, None)[0] * np.sqrt(m)


def tsne(anchors: np.ndarray, method: IMH) -> tuple[np.ndarray, list[float]]:
    """Centered t-SNE embedding (m, n_bits) of ``anchors`` (m, d) and its divergence, as ``method`` asks."""
    components = min(max(20, method.n_bits), *anchors.shape)
    reduced = PCA(components, svd_solver="full").fit_transform(anchors)
    seed = int(seeds.generator(method.random_state, "embedding").integers(2**31))
    # only the exact gradient works in more than three dimensions
    model = TSNE(
        method.n_bits, perplexity=method.perplexity, method="exact", init="random", random_state=seed
    )
    embedding = model.fit_transform(reduced).astype(np.float64)
    return embedding - embedding.mean(axis=0), [float(model.kl_divergence_)]
