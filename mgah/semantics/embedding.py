"""Class vectors for methods that need them, also where a source has only a class similarity."""

import numpy as np
from sklearn.utils.extmath import svd_flip

from mgah.semantics.store import ClassSemantics

#: Eigenvalues below this share of the largest one are rounding and give no dimension. One of this size would
#: add coordinates of 1e-5 of the largest ones, so that 1e-9 in its place makes no difference.
_RELATIVE_TOLERANCE = 1e-10


def class_vectors(semantics: ClassSemantics) -> np.ndarray:
    """Vectors of the classes, float64 (c, a), a row a class: those of the source, or an embedding of its similarity.

    The embedding A = V diag(sqrt(w)) comes from the eigenvalues w > 0 of the similarity and their eigenvectors V, so
    that A A^T is the positive semidefinite matrix nearest to the similarity (classical scaling) and a is at most c.
    Give it the seen classes alone: eigenvectors mix all classes they are computed from.

    Examples:
        >>> class_vectors(ClassSemantics(("a", "b"), np.eye(2))).round(2).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    if semantics.vectors is not None:
        return np.array(semantics.vectors, dtype=np.float64)
    similarity = np.asarray(semantics.similarity, dtype=np.float64)
    eigenvalues, eigenvectors = np.linalg.eigh((similarity + similarity.T) / 2)
    eigenvalues, eigenvectors = eigenvalues[::-1], eigenvectors[:, ::-1]
    kept = eigenvalues > _RELATIVE_TOLERANCE * eigenvalues[0]
    vectors, _ = svd_flip(eigenvectors[:, kept], None)
    return vectors * np.sqrt(eigenvalues[kept])
