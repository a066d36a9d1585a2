"""From differences to a verdict."""

import numpy as np
import pandas as pd
import pytest

from mgah.report.paper.claims.evidence import less
from mgah.report.paper.claims.judging import Difference, every, judge, most, several, some, together

YES, NO, OPEN = "holds", "fails", "undecided"


@pytest.mark.parametrize(
    ("cases", "of_all", "of_most", "of_several", "of_some"),
    [
        ([YES, YES, YES, YES], YES, YES, YES, YES),
        ([YES, YES, YES, OPEN], OPEN, YES, YES, YES),
        ([YES, YES, YES, NO], NO, YES, YES, YES),
        ([YES, YES, NO, OPEN], NO, OPEN, YES, YES),
        ([YES, YES, NO, NO], NO, NO, YES, YES),
        ([YES, NO, NO, NO], NO, NO, NO, YES),
        ([NO, NO, NO, OPEN], NO, NO, NO, OPEN),
        ([OPEN, OPEN, OPEN, OPEN], OPEN, OPEN, OPEN, OPEN),
        ([NO], NO, NO, NO, NO),
    ],
)
def test_cases_together(cases, of_all, of_most, of_several, of_some):
    found = [together(cases, needed) for needed in (every, most, several, some)]
    assert found == [of_all, of_most, of_several, of_some]


def series(*values: float, unit: str = "split") -> pd.Series:
    return pd.Series(values, pd.Index([str(i) for i in range(len(values))], name=unit), dtype="float64")


CLEAR = series(*np.linspace(0.04, 0.06, 10))
VAGUE = series(*np.linspace(-0.04, 0.06, 10))


def test_a_case_needs_every_difference_and_tells_the_one_that_decides():
    assert judge({"8 bits": [Difference(CLEAR, "to A"), Difference(2 * CLEAR, "to B")]}).numbers == (
        "8 bits: +0.050 [0.045, 0.055] to A, holds (over 10 splits)"
    )
    assert judge({"8 bits": [Difference(CLEAR), Difference(VAGUE)]}).verdict == OPEN
    found = judge(
        {"8 bits": [Difference(CLEAR, "to A"), Difference(-CLEAR, "to B"), Difference(VAGUE - 1, "to C")]}
    )
    assert found.verdict == NO and "-0.990" in found.numbers and found.numbers.count("to ") == 1


def test_differences_are_tested_together():
    """Each of forty vague differences alone would be found; among them none is."""
    drawn = np.random.default_rng(0).standard_normal((10, 40))
    drawn += 1.4 * np.sqrt(0.1) * drawn.std(axis=0) - drawn.mean(axis=0) + drawn.std(axis=0) * 0.45
    each = [Difference(series(*column)) for column in drawn.T]
    alone = [judge({"a": [item]}).verdict for item in each]
    assert alone.count(YES) > 20
    cases = {str(i): [item] for i, item in enumerate(each)}
    assert judge(cases, some).numbers.count("holds") < 10


def test_a_margin_is_allowed_below_0():
    near = VAGUE - VAGUE.mean()
    assert judge({"a": [Difference(near, margin=0.1), Difference(-near, margin=0.1)]}).verdict == YES
    assert judge({"a": [Difference(near, margin=0.01), Difference(-near, margin=0.01)]}).verdict == OPEN
    far = CLEAR + 1
    assert judge({"a": [Difference(far, margin=0.1), Difference(-far, margin=0.1)]}).verdict == NO


def test_nothing_is_decided_by_few_units_or_an_undefined_value():
    few = judge({"a": [Difference(CLEAR[:5])]})
    assert few.verdict == OPEN and few.numbers.endswith("(over 5 splits, too few to decide)")
    one = judge({"a": [Difference(series(0.1, unit="class"))]})
    assert one.numbers == "a: +0.100, undecided (over 1 unseen class, too few to decide)"
    undefined = judge({"a": [Difference(series(np.nan, *CLEAR[1:]), "to A"), Difference(CLEAR)]})
    assert undefined.verdict == OPEN and "undefined to A" in undefined.numbers


def test_differences_on_other_units_do_not_spoil_each_other():
    found = judge({"a": [Difference(CLEAR)], "b": [Difference(CLEAR.rename_axis("class"))]}, some)
    assert found.verdict == YES and "over 10 splits and 10 unseen classes" in found.numbers


def test_the_units_are_those_of_what_is_shown():
    """Of a case one difference is shown; what is not shown says no number, but may be what decides."""
    few = 2 * CLEAR[:2]
    apart = {"a": [Difference(CLEAR)], "b": [Difference(few)], "c": [Difference(CLEAR[:7])]}
    assert judge(apart, some).numbers.endswith(" (over 2 to 10 splits)")
    assert judge({"a": [Difference(few), Difference(CLEAR)]}).numbers.endswith("undecided (over 2 splits)")
    assert judge({"a": [Difference(few), Difference(-CLEAR)]}).numbers.endswith("fails (over 10 splits)")
    assert judge({"a": [Difference(-CLEAR), Difference(few)]}).numbers.endswith("fails (over 10 splits)")
    none = judge({"a": [Difference(few)], "b": [Difference(CLEAR[:5])], "c": [Difference(CLEAR[:1])]})
    assert none.numbers.endswith(" (over 1 to 5 splits, too few to decide)")
    kinds = {"a": [Difference(CLEAR)], "b": [Difference(few)], "c": [Difference(few.rename_axis("class"))]}
    assert judge(kinds, some).numbers.endswith(" (over 2 to 10 splits and 2 unseen classes)")


def test_without_cases_nothing_was_run_and_with_methods_lacking_nothing_holds():
    assert judge({}).verdict == judge({"a": []}).verdict == "not run"
    found = judge({"a": [Difference(CLEAR)]}, lacking={"ITQ": ()})
    assert found.verdict == OPEN and found.numbers.endswith("; not run: ITQ")
    assert judge({"a": [Difference(-CLEAR)]}, lacking={"ITQ": ()}).verdict == NO


def rows(values: dict[tuple[str, str], float], seed: int = 0) -> pd.DataFrame:
    columns = ["split", "class", "value"]
    return pd.DataFrame([(*key, value) for key, value in values.items()], columns=columns).assign(seed=seed)


def split_of_two(i: int) -> dict[tuple[str, str], float]:
    """Values of a whole split and of its two unseen classes."""
    return {(str(i), ""): i + 0.5, (str(i), f"a{i}"): float(i), (str(i), f"b{i}"): float(i)}


@pytest.mark.parametrize(("splits", "unit", "values"), [(9, "split", 9), (8, "class", 16), (1, "class", 2)])
def test_splits_are_the_units_where_there_are_nine_and_else_the_unseen_classes(splits, unit, values):
    made = {key: value for i in range(splits) for key, value in split_of_two(i).items()}
    found = less([rows(made)], [rows(dict.fromkeys(made, 0.0))])
    assert found.index.name == unit and len(found) == values
    assert found.sum() == (sum(range(9)) + 4.5 if unit == "split" else 2 * sum(range(splits)))


def test_splits_of_one_class_each_are_the_units_however_few():
    made = {(str(i), name): i + 0.5 * (name == "") for i in range(3) for name in ("", f"c{i}")}
    found = less([rows(made)], [rows(dict.fromkeys(made, 0.0))])
    assert found.index.name == "split" and found.tolist() == [0.5, 1.5, 2.5]


def test_classes_of_several_splits_and_seeds_are_averaged_within():
    seeds = [rows({("0", "a"): 1.0 + seed, ("0", "b"): 5.0}, seed) for seed in (0, 1)]
    first = pd.concat([*seeds, rows({("1", "a"): 3.5, ("1", "c"): 1.0})])
    second = first.assign(value=0.0)
    assert less([first], [second]).to_dict() == {"a": 2.5, "b": 5.0, "c": 1.0}


def test_only_splits_that_both_have_are_compared():
    many = {(str(i), ""): float(i) for i in range(12)}
    some_of_them = {key: 0.0 for key in many if int(key[0]) < 10}
    assert less([rows(many)], [rows(some_of_them)]).tolist() == list(range(10))


def of_seeds(values: dict[tuple[str, int], float]) -> pd.DataFrame:
    """Rows of whole splits by split and seed."""
    return pd.concat([rows({(split, ""): value}, seed) for (split, seed), value in values.items()])


def test_two_are_paired_by_split_and_seed():
    """Seed 1 is 0.5 higher for both: of split a, both seeds of one less the only one of the other is not the method."""
    first = of_seeds({("a", 0): 0.25, ("a", 1): 0.75, ("b", 0): 0.25, ("b", 1): 0.75, ("c", 0): 0.25})
    second = of_seeds({("a", 1): 0.625, ("b", 0): 0.125, ("b", 1): 0.625, ("c", 2): 0.125})
    assert less([first], [second]).to_dict() == {"a": 0.125, "b": 0.125}
    assert less([second], [first]).to_dict() == {"a": -0.125, "b": -0.125}


def test_each_code_length_is_paired_by_itself_and_splits_are_those_of_all():
    eight = of_seeds({("a", 0): 0.25, ("a", 1): 0.75, ("b", 0): 0.5})
    other = of_seeds({("a", 0): 0.125, ("b", 0): 0.375})
    more = of_seeds({("a", 0): 0.25, ("a", 1): 0.75, ("b", 1): 0.5})
    less_of_it = of_seeds({("a", 0): 0.0, ("a", 1): 0.5, ("b", 0): 0.0})
    assert less([eight, more], [other, less_of_it]).to_dict() == {"a": (0.125 + 0.25) / 2}


def test_classes_are_paired_by_split_and_seed_and_counted_on_common_splits():
    made = [
        rows({("a", ""): 0.0, ("a", "cat"): 0.25 + seed, ("a", "dog"): 0.5 + seed}, seed) for seed in (0, 1)
    ]
    one = made[1].assign(value=made[1]["value"] - 0.125)
    assert less([pd.concat(made)], [one]).to_dict() == {"cat": 0.125, "dog": 0.125}
    first, second = (
        pd.concat([rows({(split, ""): 0.5, (split, f"of {split}"): 0.5}) for split in splits])
        for splits in ("abc", "bcd")
    )
    found = less([first], [second])
    assert found.index.name == "split" and found.index.tolist() == ["b", "c"]


def test_a_class_without_a_value_is_left_out_and_one_that_a_side_lacks_is_undefined():
    """Of deer no image is in the database of split 0, and none of frog in any: no codes have a value there."""
    nan = float("nan")
    first = rows(
        {("0", "cat"): 0.5, ("0", "deer"): nan, ("0", "frog"): nan, ("1", "deer"): 0.75, ("1", "dog"): 0.25}
    )
    second = rows(
        {("0", "cat"): 0.25, ("0", "deer"): nan, ("0", "frog"): nan, ("1", "deer"): 0.25, ("1", "dog"): 0.5}
    )
    assert less([first], [second]).to_dict() == {"cat": 0.25, "deer": 0.5, "dog": -0.25}
    lacking = less([first], [second.assign(value=[0.25, nan, 0.5, 0.25, 0.5])])
    assert lacking.drop("frog").to_dict() == {"cat": 0.25, "deer": 0.5, "dog": -0.25} and np.isnan(
        lacking["frog"]
    )


def test_classes_without_a_value_are_no_units():
    """Two splits with two classes that have a value are no fewer units than these, so the splits decide."""
    first = rows(
        {("0", ""): 0.5, ("0", "cat"): 0.5, ("0", "deer"): np.nan, ("1", ""): 0.75, ("1", "dog"): 0.75}
    )
    found = less([first], [first.assign(value=first["value"] - 0.25)])
    assert found.index.name == "split" and found.to_dict() == {"0": 0.25, "1": 0.25}


def test_runs_without_a_common_split_and_seed_have_an_undefined_difference():
    found = less([of_seeds({("a", 0): 0.5})], [of_seeds({("a", 1): 0.5})])
    assert found.empty and found.dtype == "float64"
    judged = judge({"8 bits": [Difference(CLEAR, "to A"), Difference(found, "to B")]})
    assert judged.verdict == OPEN and "undefined to B" in judged.numbers
