"""The contract of every source of class semantics that is found, on its example."""

import numpy as np
import pytest

from mgah import registry
from mgah.errors import InputError
from tests.fixtures.packages import skip_without_package


@pytest.fixture(params=registry.names("semantics"))
def example(request, tmp_path):
    """Word, options and classes of a source, and the data folder of its example."""
    skip_without_package(request.param)
    options, classes = registry.load("semantics", request.param).example(tmp_path)
    return request.param, options, classes, tmp_path


def semantics_of(example, classes=None):
    word, options, known, folder = example
    return registry.build("semantics", word, **options).class_semantics(classes or known, folder)


def test_semantics_are_those_of_the_classes_in_their_order(example):
    semantics, classes = semantics_of(example), example[2]
    assert len(classes) >= 3 and semantics.names == tuple(classes)
    assert semantics.similarity.dtype == np.float64
    np.testing.assert_array_equal(semantics.similarity, semantics.similarity.T)
    np.testing.assert_array_equal(np.diag(semantics.similarity), 1)
    turned = semantics_of(example, classes[::-1])
    np.testing.assert_allclose(turned.similarity, semantics.similarity[::-1, ::-1], rtol=0, atol=1e-14)


def test_vectors_have_unit_length(example):
    vectors = semantics_of(example).vectors
    if vectors is not None:
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)


def test_seen_classes_alone_have_the_same_semantics(example):
    seen = tuple(example[2][place] for place in (2, 0))
    of_all, alone = semantics_of(example).subset(seen), semantics_of(example, seen)
    assert of_all.names == alone.names
    np.testing.assert_allclose(of_all.similarity, alone.similarity, rtol=0, atol=1e-14)
    assert (of_all.vectors is None) == (alone.vectors is None)
    if of_all.vectors is not None:
        np.testing.assert_array_equal(of_all.vectors, alone.vectors)


def test_classes_that_it_lacks_are_all_named(example):
    if registry.load("semantics", example[0]).empty:
        pytest.skip("there is no class that it lacks")
    with pytest.raises(InputError, match=r"gnu.*yak"):
        semantics_of(example, (example[2][0], "gnu", "yak"))


def test_what_it_needs_is_told_without_looking(example):
    word, options, _, folder = example
    source = registry.build("semantics", word, **options)
    assert all(need.what and need.places for need in source.needs())
    assert all(need.is_met(folder) for need in source.needs())


def test_an_unknown_option_is_one_clear_error(example):
    word, options, *_ = example
    with pytest.raises(
        InputError, match=rf"source of class semantics {word} has no option 'colour': its options"
    ):
        registry.build("semantics", word, **options, colour="red")
