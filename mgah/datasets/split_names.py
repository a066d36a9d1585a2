"""Names of splits and what they mean, without any image. Light to import, as the workflow checks configs with it.

Every dataset has these splits, which `mgah.splits.classes` makes:

- ``draw<k>``: the unseen classes are drawn with the seed k, as many as `mgah.datasets.base.Dataset.n_unseen` says;
- ``fold<k>of<n>``, with k from 0 to n - 1: the n folds part the classes by the split seed, so that each class is unseen
  in one of them; their sizes differ by one class at the most.

Any other name is one of the dataset's own splits. Its class lists them in ``splits``: a tuple of names; `BY_CLASSES`
where the names of the unseen classes, each as `split_word` writes it and joined by ``+``, name a split; or None where
its names are not known beforehand.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

from mgah.errors import InputError
from mgah.io.names import composed, listed

BY_CLASSES = "classes"
#: Least number of seen classes of a split: methods learn to discriminate between classes.
FEWEST_SEEN = 2
_NUMBER = r"(0|[1-9]\d{0,8})"


@dataclass(frozen=True)
class Draw:
    """A split whose unseen classes are drawn with ``seed``."""

    seed: int

    def size(self, n_classes: int, n_unseen: int | None) -> int:
        """Return the number of unseen classes out of ``n_classes``: ``n_unseen``, or for None a tenth, one at least."""
        return max(1, n_classes // 10) if n_unseen is None else n_unseen


@dataclass(frozen=True)
class Fold:
    """A split whose unseen classes are those of the fold ``number``, counted from 0, of ``folds``."""

    number: int
    folds: int

    def size(self, n_classes: int, n_unseen: int | None) -> int:
        """Return the number of unseen classes out of ``n_classes``; the first folds take one more of a remainder."""
        return len(range(self.number, n_classes, self.folds))


def parse(dataset: str, name: str) -> Draw | Fold | None:
    """Return the `Draw` or `Fold` that the split ``name`` of ``dataset`` is; None for one of the dataset's own.

    Raises:
        InputError: for a fold outside its range.

    Examples:
        >>> parse("zoo", "fold0of10"), parse("zoo", "draw3"), parse("zoo", "cat")
        (Fold(number=0, folds=10), Draw(seed=3), None)
    """
    if drawn := re.fullmatch(f"draw{_NUMBER}", name):
        return Draw(int(drawn[1]))
    if not (part := re.fullmatch(f"fold{_NUMBER}of{_NUMBER}", name)):
        return None
    number, folds = int(part[1]), int(part[2])
    if folds < 2:
        raise InputError(f"{dataset} has no split {name!r}: expected two folds or more, got {folds}")
    if number >= folds:
        raise InputError(
            f"{dataset} has no split {name!r}: folds are counted from 0, expected fold0of{folds} to "
            f"fold{folds - 1}of{folds}"
        )
    return Fold(number, folds)


def split_word(name: str) -> str:
    """Return the class ``name`` as names of splits have it: what is no letter, digit or ``-`` becomes ``_``.

    Signs that belong to the letter before them, such as the vowels of Hindi and Thai, stay with it.

    Examples:
        >>> [split_word(name) for name in ("polar bear", "Löwe", "बिल्ली", "A+B (2)")]
        ['polar_bear', 'Löwe', 'बिल्ली', 'A_B_2']
    """
    return re.sub(" +", "_", _letters(name)).strip("_")


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
            f"{dataset}: the classes {listed(map(repr, alike))} have the same name in splits, or "
            "none, as all but letters, digits and - counts as _: rename them"
        )
    return {split_word(name): name for name in classes}


def is_name(name: str) -> bool:
    """Say whether ``name`` has the letters of a split's name: those of `split_word`, and ``+`` between classes.

    Examples:
        >>> [is_name(name) for name in ("polar_bear+seal", "polar bear", "ant, bee", "")]
        [True, False, False, False]
    """
    return bool(name) and not any(" " in _letters(part) for part in name.split("+"))


def _letters(name: str) -> str:
    """``name`` with a blank for each character that is no letter, digit, ``-``, ``_`` or sign behind one of them."""
    letters = ""
    for letter in composed(name):
        sign = unicodedata.category(letter).startswith("M") and letters[-1:] not in ("", " ")
        letters += letter if letter.isalnum() or letter in "_-" or sign else " "
    return letters


def check_own(
    dataset: str, name: str, splits: Collection[str] | None, classes: Collection[str] | None
) -> None:
    """Raise `InputError` for a ``name`` that is known to be none of the dataset's own splits.

    Args:
        dataset: name of the dataset, for the error's sentence.
        name: name of the split.
        splits: the dataset's own splits, as the module describes them.
        classes: names of the dataset's classes, None where they are not known.

    Examples:
        >>> check_own("zoo", "ant+cat", BY_CLASSES, ("ant", "bee", "cat", "dog"))
    """
    if splits is None:
        return
    if splits == BY_CLASSES:
        named = name.split("+")
        known = named if classes is None else classes
        if set(named) <= set(known) and len(set(named)) == len(named):
            if classes is not None:
                _check_seen(dataset, name, len(classes), len(named))
            return
        own = [
            "different classes joined by '+'" + ("" if classes is None else f", out of {', '.join(classes)}")
        ]
    elif name in splits:
        return
    else:
        own = list(splits)
    everywhere = "draw<k> with a seed k or fold<k>of<n> with k from 0 to n - 1"
    raise InputError(f"{dataset} has no split {name!r}: expected {', '.join([*own, everywhere])}")


def check_distinct(dataset: str, unseen: Mapping[str, Collection[str]]) -> None:
    """Raise `InputError` where two splits leave the same classes unseen: they would count as independent splits.

    Args:
        dataset: name of the dataset, for the error's sentence.
        unseen: the unseen classes by the name of the split.

    Examples:
        >>> check_distinct("zoo", {"ant+cat": ["ant", "cat"], "ant+bee": ["ant", "bee"], "draw0": ["dog"]})
    """
    first: dict[frozenset[str], str] = {}
    for name, classes in unseen.items():
        other = first.setdefault(frozenset(classes), name)
        if other != name:
            raise InputError(
                f"{dataset} has {other!r} and {name!r}, which leave the same classes unseen, expected each split once: "
                "leave out one of them"
            )


def unseen_count(dataset: str, name: str, n_classes: int, n_unseen: int | None = None) -> int | None:
    """Return the number of unseen classes of a `Draw` or `Fold`, by its name; None for one of the dataset's own splits.

    Args:
        dataset: name of the dataset, for the error's sentence.
        name: name of the split.
        n_classes: number of the dataset's classes.
        n_unseen: `mgah.datasets.base.Dataset.n_unseen`.

    Raises:
        InputError: for fewer classes than folds, too few seen classes, or an ``n_unseen`` that is no integer of 1 or
            more.

    Examples:
        >>> [unseen_count("zoo", f"fold{k}of4", 10) for k in range(4)]
        [3, 3, 2, 2]
    """
    split = parse(dataset, name)
    if split is None:
        return None
    whole = isinstance(n_unseen, Integral) and not isinstance(n_unseen, bool)
    if n_unseen is not None and not (whole and n_unseen >= 1):
        raise InputError(f"{dataset}: n_unseen is {n_unseen!r}, expected an integer of 1 or more, or None")
    if isinstance(split, Fold) and split.folds > n_classes:
        raise InputError(
            f"{dataset} has no split {name!r}: it has {n_classes} classes, expected as many as folds or more: lower "
            "the number of folds"
        )
    count = split.size(n_classes, n_unseen)
    _check_seen(dataset, name, n_classes, count)
    return count


def _check_seen(dataset: str, name: str, n_classes: int, count: int) -> None:
    if n_classes - count < FEWEST_SEEN:
        raise InputError(
            f"{dataset} has no split {name!r}: of its {n_classes} classes {count} would be unseen, expected "
            f"{FEWEST_SEEN} or more to be left as seen ones"
        )
