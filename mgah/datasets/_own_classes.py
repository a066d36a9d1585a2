"""What datasets of a user's own share: classes of any name, which name splits, and nouns given by an option."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from mgah.datasets.base import Dataset
from mgah.datasets.split_names import BY_CLASSES
from mgah.errors import InputError
from mgah.io.names import composed


class OwnClasses(Dataset):
    """A dataset whose classes may have any names: a split is named by the `split_word` of each unseen class."""

    splits: ClassVar[tuple[str, ...] | str | None] = BY_CLASSES

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
