"""The 50 classes of Animals with Attributes, their nouns in WordNet, and the splits into seen and unseen ones.

Xian, Lampert, Schiele and Akata, "Zero-Shot Learning: A Comprehensive Evaluation of the Good, the Bad and the
Ugly", TPAMI 2018, for AwA2 and the proposed split; Lampert, Nickisch and Harmeling, "Learning to Detect Unseen
Object Classes by Between-Class Attribute Transfer", CVPR 2009, for the classes and the standard split.
"""

from collections.abc import Sequence
from types import MappingProxyType

from mgah.datasets.split_names import check_own

#: WordNet 3.0 noun of each class, in the order of the published ``classes.txt``.
SYNSETS = MappingProxyType(
    {
        "antelope": "n02419796",
        "grizzly+bear": "n02132580",
        "killer+whale": "n02071294",
        "beaver": "n02363005",
        "dalmatian": "n02110341",
        "persian+cat": "n02123394",
        "horse": "n02374451",
        "german+shepherd": "n02106662",
        "blue+whale": "n02064816",
        "siamese+cat": "n02123597",
        "skunk": "n02445715",
        "mole": "n01889520",
        "tiger": "n02129604",
        "hippopotamus": "n02398521",
        "leopard": "n02128385",
        "moose": "n02432983",
        "spider+monkey": "n02493793",
        "humpback+whale": "n02065726",
        "elephant": "n02503517",
        "gorilla": "n02480855",
        "ox": "n02403003",
        "fox": "n02118333",
        "sheep": "n02411705",
        "seal": "n02076196",
        "chimpanzee": "n02481823",
        "hamster": "n02342885",
        "squirrel": "n02355227",
        "rhinoceros": "n02391994",
        "rabbit": "n02324045",
        "bat": "n02139199",
        "giraffe": "n02439033",
        "wolf": "n02114100",
        "chihuahua": "n02085620",
        "rat": "n02331046",
        "weasel": "n02441942",
        "otter": "n02444819",
        "buffalo": "n02410702",
        "zebra": "n02391049",
        "giant+panda": "n02510455",
        "deer": "n02430045",
        "bobcat": "n02127482",
        "pig": "n02395406",
        "lion": "n02129165",
        "mouse": "n02330245",
        "polar+bear": "n02134084",
        "collie": "n02106030",
        "walrus": "n02081571",
        "raccoon": "n02508021",
        "cow": "n02403454",
        "dolphin": "n02068974",
    }
)
CLASSES = tuple(SYNSETS)
#: Unseen classes of each split, in the order of the published ``testclasses.txt``.
UNSEEN = MappingProxyType(
    {
        "standard": (
            "chimpanzee",
            "giant+panda",
            "leopard",
            "persian+cat",
            "pig",
            "hippopotamus",
            "humpback+whale",
            "raccoon",
            "rat",
            "seal",
        ),
        "proposed": (
            "sheep",
            "dolphin",
            "bat",
            "seal",
            "blue+whale",
            "rat",
            "horse",
            "walrus",
            "giraffe",
            "bobcat",
        ),
    }
)
#: SHA-256 of the file with the unseen classes of the proposed split, one name a line.
PROPOSED_SHA256 = "43b7e83fce80663a12a838ae367b7d12616aa713365dec5d874eb0cb82c5b275"
PROPOSED_NOTE = (
    "The split called proposed has the unseen classes of Xian et al., TPAMI 2018, as in the class list with the "
    f"SHA-256 {PROPOSED_SHA256}; the authors have published that split in two versions."
)


def unseen_classes(dataset: str, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``classes``, in their order, that are unseen in the dataset's own split ``split_name``.

    Raises:
        InputError: for a name that is no split of the dataset.
    """
    check_own(dataset, split_name, tuple(UNSEEN), classes)
    return tuple(name for name in classes if name in UNSEEN[split_name])
