"""The classes of ImageNet-1K (ILSVRC-2012), which most published weights were trained on.

A class is called by the first word that WordNet 3.0 gives for its noun (license:
``mgah/semantics/digits/WORDNET-LICENSE.txt``); the six classes that share one, such as the crane that flies and
the crane that lifts, have their id behind it.
"""

from functools import cache
from pathlib import Path


@cache
def imagenet1k_names() -> dict[str, str]:
    """Return the names of the 1,000 classes by WordNet 3.0 noun id (``n01440764``), in ascending order of the ids."""
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="ascii").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def imagenet1k_classes() -> tuple[str, ...]:
    """Return the WordNet 3.0 noun ids of the 1,000 classes, ascending, the usual order of classifiers' outputs."""
    return tuple(imagenet1k_names())
