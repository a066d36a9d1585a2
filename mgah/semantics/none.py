"""No class semantics: for methods that use none, where there are none.

All classes are equally unlike. Methods that use class semantics are refused before the first job of a run.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mgah.semantics.base import SemanticsSource
from mgah.semantics.store import ClassSemantics


class NoSemantics(SemanticsSource):
    """The names of the classes alone.

    Examples:
        >>> NoSemantics().class_semantics(["cat", "dog"]).similarity.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    empty = True

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        return ClassSemantics(tuple(classes), np.eye(len(classes)))

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        return {}, ("cat", "dog", "seal")
