"""Names of splits without any data: what they are, and how many classes they leave unseen."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgah.datasets.base import Dataset
from mgah.datasets.split_names import (
    BY_CLASSES,
    Draw,
    Fold,
    check_distinct,
    check_own,
    is_name,
    parse,
    split_word,
    unseen_count,
)
from mgah.errors import InputError


@given(st.integers(2, 10**8), st.data())
def test_names_are_read_back(folds, data):
    number = data.draw(st.integers(0, folds - 1))
    assert parse("zoo", f"fold{number}of{folds}") == Fold(number, folds)
    assert parse("zoo", f"draw{number}") == Draw(number)


@pytest.mark.parametrize(
    "name",
    ["draw", "draw00", "draw-1", "draw1.0", "Draw0", "draw0 ", "fold1", "fold01of5", "fold1of05", "1of5", ""],
)
def test_other_names_are_the_dataset_s_own(name):
    assert parse("zoo", name) is None


@given(st.integers(2, 40), st.integers(2, 200))
def test_sizes_of_folds_sum_up_to_the_classes(folds, n_classes):
    sizes = [Fold(number, folds).size(n_classes, None) for number in range(folds)]
    assert sum(sizes) == n_classes and max(sizes) - min(sizes) <= 1


def test_a_draw_has_a_tenth_of_the_classes_or_what_the_dataset_says():
    assert [unseen_count("zoo", "draw0", count) for count in (3, 10, 25, 100)] == [1, 1, 2, 10]
    assert unseen_count("zoo", "draw0", 25, n_unseen=5) == 5
    assert unseen_count("zoo", "cat", 25) is None
    with pytest.raises(
        InputError, match=r"no split 'draw0': of its 6 classes 5 would be unseen, expected 2 or more"
    ):
        unseen_count("zoo", "draw0", 6, n_unseen=5)


@pytest.mark.parametrize(
    ("splits", "classes", "good", "bad"),
    [
        (("standard", "proposed"), None, "proposed", "standard+proposed"),
        (BY_CLASSES, ("ant", "bee", "cat", "dog"), "dog+ant", "ant+ant"),
        (BY_CLASSES, ("ant", "bee", "cat", "dog"), "bee", "ant+"),
        (BY_CLASSES, ("ant", "bee", "cat", "dog"), "bee+cat", "ant+bee+cat"),
    ],
)
def test_own_names(splits, classes, good, bad):
    check_own("zoo", good, splits, classes)
    with pytest.raises(InputError, match=r"zoo has no split"):
        check_own("zoo", bad, splits, classes)


def test_what_is_not_known_is_not_refused():
    check_own("zoo", "anything", None, ("ant", "bee"))
    check_own("zoo", "anything+else", BY_CLASSES, None)


@pytest.mark.parametrize("name", ["ant+ant", "bee+ant+bee", "+"])
def test_a_class_named_twice_is_refused_where_the_classes_are_not_known_as_well(name):
    for classes in (None, ("ant", "bee", "cat", "dog")):
        with pytest.raises(
            InputError, match=r"zoo has no split .*: expected different classes joined by '\+'"
        ):
            check_own("zoo", name, BY_CLASSES, classes)


def test_splits_that_leave_the_same_classes_unseen_are_one_clear_error():
    unseen = {"ant+bee": ["ant", "bee"], "draw0": ("cat",), "draw1": ("bee", "cat")}
    check_distinct("zoo", unseen)
    for name, classes in (("bee+ant", {"bee", "ant"}), ("draw7", ("ant", "bee"))):
        with pytest.raises(
            InputError, match=rf"zoo has 'ant\+bee' and {re.escape(repr(name))}, which leave the same"
        ):
            check_distinct("zoo", unseen | {name: classes})


@given(st.text(st.characters(max_codepoint=127)))
def test_words_of_ascii_names_are_what_a_regular_expression_makes_of_them(name):
    assert split_word(name) == re.sub(r"[^\w-]+", "_", name).strip("_")
    assert is_name(name) == bool(re.fullmatch(r"[\w+-]+", name))


@given(st.text())
def test_a_word_is_its_own_word_and_may_name_a_split(name):
    word = split_word(name)
    assert split_word(word) == word and (is_name(word) or not word)


def test_reading_names_is_light():
    program = "import sys, mgah.datasets.split_names; print(sorted({'numpy', 'pandas', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("splits", ["classes", None])
def test_splits_of_a_dataset_of_one_s_own_are_named_by_the_words_of_its_classes(splits, monkeypatch):
    """Its classes may have any names, and those of splits have letters, digits and a few signs."""

    class Own(Dataset):
        name = "own"

        def _load(self, path):
            raise NotImplementedError

    monkeypatch.setattr(Own, "splits", splits)
    classes = ("polar bear", "seal", "Lo\N{COMBINING DIAERESIS}we", "owl (snowy)")
    assert Own.unseen_classes("polar_bear", classes) == ("polar bear",)
    assert Own.unseen_classes("owl_snowy+L\N{LATIN SMALL LETTER O WITH DIAERESIS}we", classes) == classes[2:]
    with pytest.raises(
        InputError, match=r"own has no split 'bear': .* out of polar_bear, seal, Löwe, owl_snowy"
    ):
        Own.unseen_classes("bear", classes)
    with pytest.raises(InputError, match="own: the classes 'a b', 'a_b' have the same name in splits"):
        Own.unseen_classes("c", ("a b", "a_b", "c", "d"))
