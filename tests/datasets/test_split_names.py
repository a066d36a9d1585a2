"""Names of splits without any data: what they are, and how many classes they leave unseen."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgah.datasets.split_names import BY_CLASSES, Draw, Fold, check_distinct, check_own, parse, unseen_count
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
    check_distinct("zoo", ["ant+bee", "bee+ant"], None)
    check_distinct("zoo", ["ant+bee", "bee+ant"], ("ant+bee", "bee+ant"))


@pytest.mark.parametrize("name", ["ant+ant", "bee+ant+bee", "+"])
def test_a_class_named_twice_is_refused_where_the_classes_are_not_known_as_well(name):
    for classes in (None, ("ant", "bee", "cat", "dog")):
        with pytest.raises(
            InputError, match=r"zoo has no split .*: expected different classes joined by '\+'"
        ):
            check_own("zoo", name, BY_CLASSES, classes)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["ant+bee", "cat", "bee+ant"], r"zoo has 'ant\+bee' and 'bee\+ant', which leave the same classes"),
        (
            ["fold0of2", "b+c+a", "a+b", "a+b+c"],
            r"zoo has 'b\+c\+a' and 'a\+b\+c', which leave the same classes",
        ),
    ],
)
def test_one_split_in_two_orders_is_one_clear_error(names, told):
    check_distinct("zoo", names[:-1], BY_CLASSES)
    with pytest.raises(InputError, match=told):
        check_distinct("zoo", names, BY_CLASSES)


def test_reading_names_is_light():
    program = "import sys, mgah.datasets.split_names; print(sorted({'numpy', 'pandas', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
