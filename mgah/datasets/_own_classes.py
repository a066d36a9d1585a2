"""What datasets of a user's own share: classes of any name, which name splits, and nouns given by an option."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from mgah.datasets.base import Dataset
from mgah.datasets.split_names import BY_CLASSES, check_own, split_word
from mgah.errors import InputError
from mgah.io.names import composed, listed

#: Names of classes, and of their folders, that a sentence lists.
SHOWN = 6


def by_split_word(dataset: str, classes: Sequence[str]) -> dict[str, str]:
    """Return the names of the ``classes`` of ``dataset`` by their `split_word`.

    Raises:
        InputError: for classes that no split could tell apart by name, or name at all.

    Examples:
        >>> by_split_word("zoo", ["polar bear", "seal"])
        {'polar_bear': 'polar bear', 'seal': 'seal'}
    """
    counts = Counter(map(split_word, classes))
    if alike := [name for name in classes if counts[split_word(name)] > 1 or not split_word(name)]:
        raise InputError(
            f"{dataset}: the classes {listed(map(repr, alike), SHOWN)} have the same name in splits, or "
            "none, as all but letters, digits and - counts as _: rename them"
        )
    return {split_word(name): name for name in classes}


class OwnClasses(Dataset):
    """A dataset whose classes may have any names: a split is named by the `split_word` of each unseen class."""

    splits: ClassVar[tuple[str, ...] | str | None] = BY_CLASSES

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        by_word, split_name = by_split_word(cls.name, classes), composed(split_name)
        check_own(cls.name, split_name, BY_CLASSES, by_word)
        named = {by_word[word] for word in split_name.split("+")}
        return tuple(name for name in classes if name in named)

    def _nouns(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """The `synsets` that an option gives for some of the classes; an `InputError` for names of no class.

        Names are compared as `composed` ones, which those of the classes are.
        """
        nouns = {composed(name): noun for name, noun in given.items()}
        if len(nouns) < len(given):
            twice = [name for name, count in Counter(map(composed, given)).items() if count > 1]
            raise InputError(
                f"{self.name}: synsets names the classes {twice} twice, with accents written in two ways, expected a "
                "noun for each class: remove one of them"
            )
        if unknown := sorted(set(nouns) - set(self.classes)):
            raise InputError(
                f"{self.name}: synsets names the classes {unknown}, expected some of {', '.join(self.classes)}"
            )
        return {name: nouns.get(name) for name in self.classes}
