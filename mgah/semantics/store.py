"""Class semantics as every hashing method gets them, and their file (``.npz``). Writer and reader side by
side.

File: ``names`` str (classes,), ``similarity`` float64 (classes, classes), ``vectors`` float64 (classes, a)
where the source has vectors, ``notes`` str (k,): sentences that belong beside every number made from
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mgah.errors import InputError
from mgah.io.files import atomic_path


@dataclass(frozen=True)
class ClassSemantics:
    """The semantics of c classes, in a fixed order of the classes.

    Attributes:
        names: the c class names.
        similarity: float64 (c, c), symmetric, 1 on the diagonal: cosine of the vectors, or path similarity.
        vectors: float64 (c, a), or None where a source has only a similarity.
        notes: sentences that belong beside every number made from these semantics.

    Example:
        >>> semantics = ClassSemantics.from_vectors(["cat", "dog"], [[1.0, 0.0], [1.0, 1.0]])
        >>> semantics.similarity.round(3).tolist(), semantics.subset(["dog"]).names
        ([[1.0, 0.707], [0.707, 1.0]], ('dog',))
    """

    names: tuple[str, ...]
    similarity: np.ndarray
    vectors: np.ndarray | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        c = len(self.names)
        if len(set(self.names)) != c or c == 0:
            raise InputError(f"class semantics need unique class names, got {list(self.names)}")
        if self.similarity.shape != (c, c):
            raise InputError(f"class similarity has shape {self.similarity.shape}, expected {(c, c)}")
        if self.vectors is not None and (self.vectors.ndim != 2 or len(self.vectors) != c):
            raise InputError(f"class vectors have shape {self.vectors.shape}, expected ({c}, a)")
        for what, values in (("similarity", self.similarity), ("vectors", self.vectors)):
            if values is not None and not np.isfinite(values).all():
                raise InputError(f"class {what} has values that are not finite")

    @classmethod
    def from_vectors(
        cls, names: Sequence[str], vectors: np.ndarray, notes: Sequence[str] = ()
    ) -> "ClassSemantics":
        """The semantics of classes with ``vectors`` (c, a), whose similarity is their cosine (equation 3)."""
        vectors = np.asarray(vectors, dtype=np.float64)
        return cls(tuple(names), cosine_similarity(vectors), vectors, tuple(notes))

    def subset(self, names: Sequence[str]) -> "ClassSemantics":
        """The semantics of ``names`` alone, in that order (the seen classes of a split)."""
        missing = [name for name in names if name not in self.names]
        if missing:
            raise InputError(f"class semantics lack the classes {missing}; they have {list(self.names)}")
        rows = [self.names.index(name) for name in names]
        vectors = None if self.vectors is None else self.vectors[rows]
        return ClassSemantics(tuple(names), self.similarity[np.ix_(rows, rows)], vectors, self.notes)


def cosine_similarity(vectors: np.ndarray) -> np.ndarray:
    """The cosine of every pair of rows: float64 (c, c), exactly 1 on the diagonal, 0 against a zero row.

    Example:
        >>> cosine_similarity(np.array([[1.0, 0.0], [0.0, 2.0]])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    similarity = np.clip(unit @ unit.T, -1.0, 1.0)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def write_semantics(target: Path | str, semantics: ClassSemantics) -> None:
    """Write class semantics to a file (``.npz``), atomically.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_semantics(f"{folder}/a.npz", ClassSemantics(("cat", "dog"), np.eye(2)))
        ...     print(read_semantics(f"{folder}/a.npz").names)
        ('cat', 'dog')
    """
    arrays = {
        "names": np.array(semantics.names),
        "similarity": semantics.similarity,
        "notes": np.array(semantics.notes, dtype=str),
    }
    if semantics.vectors is not None:
        arrays["vectors"] = semantics.vectors
    with atomic_path(target) as path:
        np.savez(path, allow_pickle=False, **arrays)


def read_semantics(source: Path | str) -> ClassSemantics:
    """Read class semantics; anything unreadable is an `InputError` that names the file.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_semantics(f"{folder}/a.npz", ClassSemantics(("cat", "dog"), np.eye(2)))
        ...     print(read_semantics(f"{folder}/a.npz").similarity.tolist())
        [[1.0, 0.0], [0.0, 1.0]]
    """
    try:
        with np.load(source, allow_pickle=False) as stored:
            return ClassSemantics(
                tuple(stored["names"].tolist()),
                stored["similarity"],
                stored.get("vectors"),
                tuple(stored["notes"].tolist()),
            )
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"semantics file {source} cannot be read ({error}): remove it and run again"
        ) from error
