"""Checks that the splits of a config can be drawn, by what the datasets' classes state."""

from collections.abc import Collection, Mapping
from typing import Any

from mgah import registry
from mgah.datasets.split_names import (
    BY_CLASSES,
    Draw,
    check_distinct,
    check_own,
    parse,
    split_word,
    unseen_count,
)
from mgah.errors import InputError
from mgah.io.names import composed
from workflow.checks import at_key, check_known
from workflow.components import dataset_module

#: Keys of a config with names of splits, at any depth but in options.
_KEYS = ("splits", "development_splits", "split")


def with_composed_splits(config: Any, named: bool = False) -> Any:
    """Return ``config`` with names of splits as `composed` ones, as names of classes are compared.

    It may be a part of a config, and is not checked yet; ``named`` says whether its texts are names of splits.

    Examples:
        >>> with_composed_splits({"datasets": {"zoo": {"splits": ["Lo\\N{COMBINING DIAERESIS}we"]}}})
        {'datasets': {'zoo': {'splits': ['Löwe']}}}
    """
    if isinstance(config, list):
        return [with_composed_splits(part, named) for part in config]
    if isinstance(config, dict):
        inner = {key: with_composed_splits(part, key in _KEYS) for key, part in config.items()}
        return inner | {key: config[key] for key in ("options",) if key in config}
    return composed(config) if named and isinstance(config, str) else config


def check_splits(config: dict) -> None:
    """Raise `InputError` for a split that its dataset does not have, or for more images than the dataset can give.

    What a dataset's class does not state as a literal is checked by the job that draws the split.
    """
    for name, block in config["datasets"].items():
        module = dataset_module(config, name)
        tags: Mapping = registry.find("datasets", module).tags
        for split in block["splits"]:
            with at_key(f"datasets.{name}.splits"):
                unseen = _unseen(name, split, tags, block)
            _check_sizes(f"datasets.{name}", split, block, tags, unseen)
        with at_key(f"datasets.{name}.splits"):
            check_distinct(name, _unseen_classes(config, module, tags, block))
        place = f"datasets.{name}.development_splits"
        check_known(place, "split among splits", block.get("development_splits", ()), block["splits"])


def seen_count(config: dict, dataset: str, split: str) -> int | None:
    """Return the number of seen classes of a split that its dataset has; None where it is not known beforehand."""
    tags: Mapping = registry.find("datasets", dataset_module(config, dataset)).tags
    return _seen(tags, _unseen(dataset, split, tags, config["datasets"][dataset]))


def _seen(tags: Mapping, unseen: int | None) -> int | None:
    classes = _n_classes(tags)
    return classes - unseen if classes and unseen else None


def _unseen(dataset: str, split: str, tags: Mapping, block: Mapping) -> int | None:
    """Number of unseen classes of a split; None where it is not known."""
    if parse(dataset, split):
        classes = _n_classes(tags)
        return unseen_count(dataset, split, classes, tags["n_unseen"]) if classes else None
    check_own(dataset, split, tags["splits"], _classes(tags, block))
    return len(split.split("+")) if tags["splits"] == BY_CLASSES else None


def _classes(tags: Mapping, block: Mapping) -> tuple[str, ...] | None:
    """Names of the dataset's classes as names of splits have them; None where they are not known."""
    listed = tags.get("classes") or block.get("options", {}).get(tags["classes_option"]) or ()
    return tuple(map(split_word, listed)) or None


def _unseen_classes(
    config: Mapping, module: str, tags: Mapping, block: Mapping
) -> dict[str, Collection[str]]:
    """The unseen classes of the dataset's splits that are named by them or, where its classes are known, drawn."""
    classes, splits = _classes(tags, block), {name: parse(module, name) for name in block["splits"]}
    found: dict[str, Collection[str]] = {}
    if tags["splits"] == BY_CLASSES:
        found = {name: name.split("+") for name, drawn in splits.items() if drawn is None}
    if classes and len(splits) > 1 and any(isinstance(drawn, Draw) for drawn in splits.values()):
        # loads numpy, which most plans do without: folds of a partition have no class in common
        from mgah.splits.classes import drawn_classes

        arguments = classes, config["split_seed"], tags["n_unseen"]
        found |= {name: drawn_classes(module, name, *arguments) or () for name in splits if splits[name]}
    return found


def _n_classes(tags: Mapping) -> int | None:
    return tags["n_classes"] or len(tags.get("classes", ())) or None


def _check_sizes(place: str, split: str, block: dict, tags: Mapping, unseen: int | None) -> None:
    """Raise `InputError` for parts of a split that need more images than there are to draw them from."""
    classes, class_size = _n_classes(tags), tags["class_size"]

    def most(count: int | None) -> float:
        """The largest number of images of ``count`` classes, or of the dataset where that is not known."""
        of_classes = class_size[1] * count if class_size and count else float("inf")
        return min(of_classes, tags["n_images"] or float("inf"))

    seen = _seen(tags, unseen)
    limits = (
        (("training", "seen_queries"), most(seen), "all images of its seen classes"),
        (("queries",), most(unseen) - 1, "all images of its unseen classes but one to be found"),
        (("training", "seen_queries", "queries"), most(classes) - 1, "all images but one to be found"),
    )
    for keys, limit, words in limits:
        wanted = sum(block[key] for key in keys)
        if wanted > limit:
            raise InputError(
                f"config key {place}: {' + '.join(keys)} is {wanted:,}, but split {split} has {limit:,.0f} at the "
                f"most, {words}: lower the numbers"
            )
    if seen and block["training"] < seen:
        raise InputError(
            f"config key {place}.training: got {block['training']:,}, expected {seen:,} or more, an image of each seen "
            f"class of split {split}"
        )
