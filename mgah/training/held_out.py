"""How many seen classes a draw of a choice holds out. Light to import, as the workflow checks configs with it."""

from mgah.datasets.split_names import FEWEST_SEEN
from mgah.errors import InputError


def default_count(n_seen: int) -> int:
    """Return the number of classes that are held out of ``n_seen`` by default: a tenth, one at least.

    Examples:
        >>> [default_count(n_seen) for n_seen in (4, 9, 40)]
        [1, 1, 4]
    """
    return max(1, round(n_seen / 10))


def held_out_count(place: str, n_seen: int, draws: int, count: int | None = None) -> int:
    """Return how many classes each of ``draws`` draws holds out, none of them twice.

    Args:
        place: what the error's sentence calls the split.
        n_seen: number of the split's seen classes.
        draws: number of draws.
        count: number of classes that are asked for; None for `default_count`.

    Raises:
        InputError: where the split has too few seen classes.

    Examples:
        >>> held_out_count("split cat of zoo", 40, draws=3)
        4
        >>> held_out_count("split cat of zoo", 9, draws=10)
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: split cat of zoo has 9 seen classes, too few to hold out 1 in each of 10 draws...
    """
    count = default_count(n_seen) if count is None else count
    if draws * count > n_seen or n_seen - count < FEWEST_SEEN:
        raise InputError(
            f"{place} has {n_seen} seen classes, too few to hold out {count} in each of {draws} draws, none of them "
            f"twice, and keep {FEWEST_SEEN}: lower draws or pseudo_unseen"
        )
    return count
