"""The contract of a source of class semantics: options in, vectors or similarities of classes out.

A source lives in one module of this package, or outside it; its name in a config is the module's (`mgah.registry`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.store import ClassSemantics

__all__ = ["ClassSemantics", "SemanticsSource"]


class SemanticsSource(ABC):
    """A source of class semantics, such as word vectors or attributes.

    Subclasses take keyword-only options, each with a default, and check them in the constructor, which opens no file.

    The semantics of a class depend on that class alone, never on which other classes are asked for: the rows and
    columns of the seen classes are then the same as if the unseen ones did not exist.
    """

    #: Paths in the data folder that it may read where no option names another: another size or date of one reads the
    #: data again. A folder counts by all files in it, at any depth. Text and names of text alone, so that it is known
    #: without an import.
    raw_files: ClassVar[tuple[str, ...]] = ()

    #: Whether it tells nothing of any class: methods that use class semantics are refused with it. A literal.
    empty: ClassVar[bool] = False

    @abstractmethod
    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        """The semantics of ``classes``, in their order.

        Args:
            classes: class names of a dataset.
            data_dir: the data folder, which paths in options are relative to, or None where there is none.
            synsets: WordNet 3.0 noun id of each class (``n02121620``); a missing key or None where a class has none.

        Raises:
            InputError: for a file that is missing or damaged, or classes that the source lacks (all are named).
        """

    def needs(self) -> list[Need]:
        """List the files that must lie in the data folder, without looking whether they do; by default none."""
        return []

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        """Write a small source to ``folder``, if it needs files; returns its options and three or more of its classes.

        The contract tests of a source run on it, with ``folder`` as the data folder.
        """
        raise InputError(
            f"{cls.__name__} offers no example(folder): write one, for the tests of its contract"
        )
