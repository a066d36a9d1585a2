"""The names of ImageNet-1K's classes: unique, and those of WordNet."""

from collections import Counter

from mgah.datasets.imagenet1k import imagenet1k_classes, imagenet1k_names
from mgah.semantics.classes import words
from mgah.semantics.corpus import find_synsets, open_wordnet


def test_a_thousand_ids_in_ascending_order():
    ids = imagenet1k_classes()
    assert len(ids) == len(set(ids)) == 1000 and list(ids) == sorted(ids)
    assert ids[0] == "n01440764" and ids[281] == "n02123045"  # tench, and the tabby cat of every tutorial
    assert imagenet1k_names()["n02123045"] == "tabby"


def test_names_differ_also_by_their_words_in_lower_case():
    names = imagenet1k_names().values()
    assert len({tuple(words(name.lower())) for name in names}) == 1000
    assert [name for name in names if name.lower().startswith("cardigan")] == [
        "Cardigan (n02113186)",
        "cardigan (n02963159)",
    ]


def test_ids_are_those_of_the_published_list(real_data):
    assert list(imagenet1k_classes()) == (real_data / "imagenet1k_wnids.txt").read_text().split()


def test_names_are_first_words_of_wordnet(real_data):
    ids = imagenet1k_classes()
    nouns = find_synsets(open_wordnet(real_data), dict(zip(ids, ids, strict=True)))
    first = {synset_id: noun.lemma_names()[0].replace("_", " ") for synset_id, noun in nouns.items()}
    count = Counter(name.lower() for name in first.values())
    assert imagenet1k_names() == {
        synset_id: name if count[name.lower()] == 1 else f"{name} ({synset_id})"
        for synset_id, name in first.items()
    }
