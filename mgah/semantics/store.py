"""Class semantics as every hashing method gets them, and their file (``.npz``). Writer and reader side by
side.

File: ``names`` str (classes,), ``similarity`` float64 (classes, classes), ``vectors`` float64 (classes, a)
where the source has vectors, ``notes`` str (k,): sentences that belong beside every number made from
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mgah.arrays import as_array
from mgah.errors import InputError
from mgah.io.arrays import load_arrays
from mgah.io.files import atomic_path
from mgah.normalization import l2_rows

#: Largest rounding error of a similarity.
TOLERANCE = 1e-6
#: Arrays of the file.
_ARRAYS = {"names", "similarity", "notes"}


@dataclass(frozen=True)
class ClassSemantics:
    """The semantics of c classes, in a fixed order of the classes.

    Attributes:
        names: the c class names.
        similarity: float64 (c, c), symmetric, 1 on the diagonal: cosine of the vectors, or path similarity.
        vectors: float64 (c, a), or None where a source has only a similarity.
        notes: sentences that belong beside every number made from these semantics.

    Lists and other arrays of real numbers are converted to these types.

    Raises:
        InputError: for names that are no texts or stand there twice, arrays of another shape or of values that are no
            finite real numbers, and a similarity that is not symmetric, not from -1 to 1, or not 1 on the diagonal.

    Examples:
        >>> semantics = ClassSemantics.from_vectors(["cat", "dog"], [[1.0, 0.0], [1.0, 1.0]])
        >>> semantics.similarity.round(3).tolist(), semantics.subset(["dog"]).names
        ([[1.0, 0.707], [0.707, 1.0]], ('dog',))
    """

    names: tuple[str, ...]
    similarity: np.ndarray
    vectors: np.ndarray | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        names, notes = tuple(self.names), tuple(self.notes)
        c = len(names)
        if not all(isinstance(text, str) for text in (*names, *notes)):
            raise InputError(f"class semantics need names and notes that are texts, got {names} and {notes}")
        if len(set(names)) != c or c == 0:
            raise InputError(f"class semantics need unique class names, got {list(names)}")
        vectors = None if self.vectors is None else _real(self.vectors, "vectors")
        if vectors is not None and (vectors.ndim != 2 or len(vectors) != c or not vectors.shape[1]):
            raise InputError(
                f"class vectors have shape {vectors.shape}, expected ({c}, a) with a of 1 or more"
            )
        similarity = _real(self.similarity, "similarity")
        if similarity.shape != (c, c):
            raise InputError(f"class similarity has shape {similarity.shape}, expected {(c, c)}")
        _check_similarity(names, similarity)
        read = {"names": names, "similarity": similarity, "vectors": vectors, "notes": notes}
        for name, value in read.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_vectors(
        cls, names: Sequence[str], vectors: ArrayLike, notes: Sequence[str] = ()
    ) -> "ClassSemantics":
        """The semantics of classes with ``vectors`` (c, a), whose similarity is their cosine (equation 3)."""
        names, values = tuple(names), _real(vectors, "vectors")
        if values.ndim != 2:
            raise InputError(
                f"class vectors have shape {values.shape}, expected ({len(names)}, a), a row a class"
            )
        return cls(names, cosine_similarity(values), values, tuple(notes))

    def subset(self, names: Sequence[str]) -> "ClassSemantics":
        """The semantics of ``names`` alone, in that order (the seen classes of a split)."""
        missing = [name for name in names if name not in self.names]
        if missing:
            raise InputError(f"class semantics lack the classes {missing}; they have {list(self.names)}")
        rows = [self.names.index(name) for name in names]
        vectors = None if self.vectors is None else self.vectors[rows]
        return ClassSemantics(tuple(names), self.similarity[np.ix_(rows, rows)], vectors, self.notes)


def _real(given: Any, what: str) -> np.ndarray:
    """``given`` as float64, where it holds finite real numbers."""
    values = as_array(given, f"values of the class {what}")
    if values.dtype.kind not in "biuf":
        raise InputError(f"values of the class {what} are {values.dtype}, expected real numbers")
    if not np.isfinite(values).all():
        raise InputError(f"values of the class {what} are not all finite, expected real numbers")
    return values.astype(np.float64, copy=False)


def _check_similarity(names: tuple[str, ...], similarity: np.ndarray) -> None:
    """Raise `InputError` for a similarity that is not symmetric, not from -1 to 1, or not 1 on the diagonal."""
    for fault, expected in (
        (np.abs(similarity - similarity.T), "the same in both directions"),
        (np.abs(similarity) - 1, "from -1 to 1"),
        (np.diag(np.abs(np.diag(similarity) - 1)), "1 to itself"),
    ):
        if fault.max() > TOLERANCE:
            row, column = np.unravel_index(int(fault.argmax()), fault.shape)
            raise InputError(
                f"class similarity of {names[row]} to {names[column]} is {similarity[row, column]}, and "
                f"{similarity[column, row]} back, expected {expected}"
            )


def cosine_similarity(vectors: np.ndarray) -> np.ndarray:
    """The cosine of every pair of rows: float64 (c, c), exactly 1 on the diagonal, 0 against a zero row.

    Examples:
        >>> cosine_similarity(np.array([[1.0, 0.0], [0.0, 2.0]])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    unit = l2_rows(vectors)
    similarity = np.clip(unit @ unit.T, -1.0, 1.0)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def write_semantics(target: Path | str, semantics: ClassSemantics) -> None:
    """Write class semantics to a file (``.npz``), atomically.

    Examples:
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
    """Read class semantics; anything unreadable, or that cannot be, is an `InputError` that names the file.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_semantics(f"{folder}/a.npz", ClassSemantics(("cat", "dog"), np.eye(2)))
        ...     print(read_semantics(f"{folder}/a.npz").similarity.tolist())
        [[1.0, 0.0], [0.0, 1.0]]
    """
    try:
        with load_arrays(source) as stored:
            if set(stored.files) - {"vectors"} != _ARRAYS:
                raise InputError(
                    f"it has the arrays {stored.files}, expected {sorted(_ARRAYS)} and may be vectors"
                )
            return ClassSemantics(
                tuple(stored["names"].tolist()),
                stored["similarity"],
                stored.get("vectors"),
                tuple(stored["notes"].tolist()),
            )
    except InputError as error:
        raise InputError(f"semantics file {source}: {error}; remove it and run again") from error
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(
            f"semantics file {source} cannot be read ({error}): remove it and run again"
        ) from error
