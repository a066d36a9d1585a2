"""Which images of a batch are an image's neighbors in the fixed graph: four readings of the paper's section 3.3."""

import numpy as np

#: The readings: see `neighbor_classes`.
NEIGHBORHOODS = ("class", "all", "similar", "nearest")


def neighbor_classes(
    similarity: np.ndarray, neighborhood: str, *, least: float = 0.0, count: int = 1
) -> np.ndarray:
    """Return which classes are neighbors, bool (classes, classes): row i says so of class i.

    The paper computes attention in the "first-order neighborhood" of an image in the fixed graph, whose weights are
    class similarities, and does not say which of them are edges. A class is always a neighbor of itself.

    Args:
        similarity: class similarity, float (classes, classes).
        neighborhood: ``class``, the class itself alone; ``all``, every class; ``similar``, those whose similarity is
            above ``least``, which at 0 is the literal reading; ``nearest``, the ``count`` most similar ones, itself
            among them, and of equally similar ones those that come first.
        least: similarity above which a class is a neighbor, for ``similar``.
        count: number of neighbors, for ``nearest``.

    Examples:
        >>> similarity = np.array([[1, 0.4, 0], [0.4, 1, 0.1], [0, 0.1, 1]])
        >>> neighbor_classes(similarity, "similar").astype(int).tolist()
        [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
        >>> neighbor_classes(similarity, "nearest", count=2).astype(int).tolist()
        [[1, 1, 0], [1, 1, 0], [0, 1, 1]]
    """
    itself = np.eye(len(similarity), dtype=bool)
    if neighborhood == "all":
        return np.ones_like(itself)
    if neighborhood == "similar":
        return itself | (similarity > least)
    if neighborhood == "nearest":
        order = np.argsort(np.where(itself, -np.inf, -similarity), axis=1, kind="stable")
        neighbors = np.zeros_like(itself)
        np.put_along_axis(neighbors, order[:, :count], values=True, axis=1)
        return neighbors
    return itself
