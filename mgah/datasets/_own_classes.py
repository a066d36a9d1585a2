"""What datasets of a user's own share: classes of any name, which name splits, and nouns given by an option."""

import re
from collections.abc import Mapping, Sequence

from mgah.datasets.base import Dataset
from mgah.datasets.split_names import BY_CLASSES, check_own
from mgah.errors import InputError


def split_word(name: str) -> str:
    """Return the class ``name`` as names of splits and files have it: what is no letter, digit or ``-`` becomes ``_``.

    Examples:
        >>> [split_word(name) for name in ("polar bear", "Löwe", "A+B (2)")]
        ['polar_bear', 'Löwe', 'A_B_2']
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_")


class OwnClasses(Dataset):
    """A dataset whose classes may have any names: a split is named by the `split_word` of each unseen class."""

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        by_word = {split_word(name): name for name in classes}
        check_own(cls.name, split_name, BY_CLASSES, by_word)
        named = {by_word[word] for word in split_name.split("+")}
        return tuple(name for name in classes if name in named)

    def _nouns(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """The `synsets` that an option gives for some of the classes; an `InputError` for names of no class."""
        if unknown := sorted(set(given) - set(self.classes)):
            raise InputError(
                f"{self.name}: synsets names the classes {unknown}, expected some of {', '.join(self.classes)}"
            )
        return {name: given.get(name) for name in self.classes}
