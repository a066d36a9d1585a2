"""What methods that are fitted together may differ in, and what flags and anchors they take, by examples."""

import numpy as np
import pytest

from mgah import registry
from mgah.errors import InputError
from tests.methods.conftest import D, N

BITS = 12
ANCHORED = ["imh", "ksh", "sdh", "tsk"]


def build(name, **changes):
    quick = registry.find("methods", name).tags["quick_parameters"]
    return registry.build("methods", name, **{"n_bits": BITS, "random_state": 0} | quick | changes)


def test_methods_fitted_together_may_differ_in_length_and_seed_only(data):
    together = [build("itq"), build("itq", normalize=True)]
    with pytest.raises(InputError, match="differ in normalize, False and True"):
        type(together[0]).fit_many(together, *data)


@pytest.mark.parametrize("others", [["lsh"], ["itq", "lsh"], ["lsh", "itq"]])
def test_methods_fitted_together_are_of_one_class(others, data):
    message = r"ITQ\.fit_many has a method of LSH, expected ITQ alone: fit methods of other classes apart"
    with pytest.raises(InputError, match=message):
        registry.load("methods", "itq").fit_many([build(name) for name in others], *data)


def test_no_methods_are_refused(data):
    with pytest.raises(InputError, match=r"ITQ\.fit_many has no methods to fit, expected one or more"):
        registry.load("methods", "itq").fit_many([], *data)


@pytest.mark.parametrize("other", [np.zeros((4, D)), np.ones((3, D)), None], ids=["values", "shape", "none"])
def test_methods_fitted_together_have_equal_arrays(data, other):
    anchors = np.eye(4, D)
    for name in ANCHORED[1:]:
        together = [build(name, n_bits=bits, anchors=anchors.copy()) for bits in (4, BITS)]
        type(together[0]).fit_many(together, *data)
        together[1].set_params(anchors=other)
        told = r"an array of shape \(4, 24\) and (an array of shape \(.*\)|None): fit them apart"
        for methods in (together, together[::-1]):
            with pytest.raises(InputError, match=told if methods is together else "differ in anchors"):
                type(together[0]).fit_many(methods, *data)


@pytest.mark.slow
@pytest.mark.parametrize("name", ANCHORED)
def test_fewer_rows_than_anchors_are_all_taken(name, data):
    """m = min(m, n)."""
    fits = [build(name, n_anchors=m).fit(*data) for m in (N, N + 1, 10 * N)]
    assert {len(method.anchors_) for method in fits} == {N}
    for method in fits[1:]:
        np.testing.assert_array_equal(method.encode(data[0]), fits[0].encode(data[0]))


def test_flags_of_methods_are_known_as_such():
    flags = {("itq", "normalize"), ("tsk", "center_semantics"), ("mgah", "detach_neighbors")}
    assert all(isinstance(build(name).get_params()[flag], bool) for name, flag in flags)


def test_unknown_methods_are_listed():
    with pytest.raises(InputError, match=r"there is no method 'simhash'.*itq.*mgah"):
        registry.load("methods", "simhash")
