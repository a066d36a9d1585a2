"""Which class folders a pretraining leaves out: those that may hold images of a dataset's classes."""

from collections.abc import Collection, Mapping
from pathlib import Path

from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.semantics.corpus import ancestors, find_synsets, open_wordnet


def left_out(
    folders: Collection[str], nouns: Mapping[str, str], data_dir: Path | str | None = None
) -> set[str]:
    """Return those of ``folders`` whose noun is that of a class, a narrower or a wider one.

    A class that is no folder's, nor related to any, leaves out none.

    Args:
        folders: WordNet ids (``n02123045``).
        nouns: noun of each class of the dataset, ``n02121620`` or ``cat.n.01``.
        data_dir: data folder that may hold WordNet. It is not opened where folders and nouns are all of ImageNet-1K,
            none of whose classes is narrower than another.

    Raises:
        InputError: for ids that WordNet 3.0 does not have, or where WordNet is missing.

    Examples:
        >>> sorted(left_out(["n02123045", "n02123159"], {"tabby": "n02123045"}))
        ['n02123045']
    """
    if {*folders, *nouns.values()} <= set(imagenet1k_classes()):
        return set(folders) & set(nouns.values())
    wordnet = open_wordnet(data_dir)
    classes = set(find_synsets(wordnet, nouns).values())
    wider = set().union(*map(ancestors, classes))
    found = find_synsets(wordnet, {f"class folder {name}": name for name in folders})
    return {
        name
        for name, noun in zip(folders, found.values(), strict=True)
        if noun in classes | wider or classes & ancestors(noun)
    }
