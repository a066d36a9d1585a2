"""Class vectors: the source's own, or an embedding of the similarity, with known answers."""

import numpy as np
import pytest

from mgah.datasets.cifar10 import Cifar10
from mgah.datasets.imagenet_mini import IDS, ImageNetMini
from mgah.normalization import l2_rows
from mgah.semantics.embedding import class_vectors
from mgah.semantics.store import ClassSemantics
from mgah.splits import unseen_classes
from tests.semantics.sources import wordnet


def embed(similarity):
    similarity = np.asarray(similarity, dtype=np.float64)
    return class_vectors(ClassSemantics(tuple(f"class {i}" for i in range(len(similarity))), similarity))


def test_vectors_of_the_source_are_given_as_they_are():
    vectors = np.array([[3.0, 0.0], [0.0, 4.0], [1.0, 1.0]])
    semantics = ClassSemantics.from_vectors(["a", "b", "c"], vectors)
    given = class_vectors(semantics)
    np.testing.assert_array_equal(given, vectors)
    given[:] = 0  # a copy: the semantics stay what they were
    np.testing.assert_array_equal(semantics.vectors, vectors)


def test_unrelated_classes_are_orthonormal():
    vectors = embed(np.eye(4))
    assert vectors.shape == (4, 4)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(4), atol=1e-12)


def test_equal_classes_share_one_dimension():
    np.testing.assert_allclose(embed(np.ones((5, 5))), np.ones((5, 1)), atol=1e-12)


def test_an_indefinite_similarity_becomes_the_nearest_semidefinite_one():
    vectors = embed(1.9 * np.eye(3) - 0.9)  # eigenvalues 1.9, 1.9 and -0.8, whose vector is constant
    assert vectors.shape == (3, 2)
    np.testing.assert_allclose(vectors @ vectors.T, 1.9 * (np.eye(3) - 1 / 3), atol=1e-12)


def test_a_gram_matrix_is_recovered_with_its_rank():
    points = l2_rows(np.random.default_rng(0).standard_normal((9, 4)))
    vectors = embed(points @ points.T)
    assert vectors.shape == (9, 4)
    np.testing.assert_allclose(vectors @ vectors.T, points @ points.T, atol=1e-10)
    energy = (vectors**2).sum(axis=0)
    assert (np.diff(energy) < 0).all()  # by falling eigenvalue
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(4)] > 0).all()  # the sign rule


def test_a_tie_for_the_largest_entry_goes_to_the_first_class():
    vectors = embed([[1, -0.5], [-0.5, 1]])  # the leading eigenvector is (1, -1) or (-1, 1) over sqrt(2)
    np.testing.assert_allclose(vectors[:, 0], [np.sqrt(0.75), -np.sqrt(0.75)], atol=1e-12)


def test_rounding_in_the_symmetry_does_not_matter():
    similarity = np.array([[1, 0.3, 0.1], [0.3, 1, 0.2], [0.1, 0.2, 1]])
    skewed = similarity + np.triu(np.full((3, 3), 1e-13), 1)
    np.testing.assert_allclose(embed(skewed), embed(similarity), atol=1e-12)
    shifted = np.array([[0, 4e-7, 0], [-4e-7, 0, 0], [0, 0, 0]])  # only the symmetric part counts
    np.testing.assert_allclose(embed(similarity + shifted), embed(similarity), atol=1e-12)


def test_unseen_classes_leave_no_trace_in_the_seen_vectors():
    random = np.random.default_rng(1)
    points = l2_rows(random.standard_normal((6, 6)))
    names = tuple("abcdef")
    one = ClassSemantics(names, points @ points.T)
    points[4:] = l2_rows(random.standard_normal((2, 6)))
    other = ClassSemantics(names, points @ points.T)
    np.testing.assert_array_equal(class_vectors(one.subset("abcd")), class_vectors(other.subset("abcd")))


def test_ninety_seen_classes_of_imagenet_have_vectors_that_know_no_unseen_one(data_dir):
    synsets = dict(zip(IDS, IDS, strict=True))
    unseen = unseen_classes(ImageNetMini, "draw0", IDS, seed=0)
    seen = [name for name in IDS if name not in unseen]
    of_all = wordnet(IDS, {}, data_dir, synsets).subset(seen)
    vectors = class_vectors(of_all)
    assert vectors.shape == (90, 90)  # path similarities of nouns, a tree but for few, are positive definite
    np.testing.assert_allclose(vectors @ vectors.T, of_all.similarity, atol=1e-12)
    alone = wordnet(seen, {}, data_dir, synsets)
    np.testing.assert_array_equal(vectors, class_vectors(alone))


def test_seen_classes_of_cifar10_are_embedded_exactly_at_unit_length(real_data):
    nouns = Cifar10.synsets
    semantics = wordnet(list(nouns), {}, real_data, nouns)
    assert np.linalg.eigvalsh(semantics.similarity)[0] == pytest.approx(0.667, abs=5e-4)
    seen = semantics.subset([name for name in nouns if name != "cat"])
    vectors = class_vectors(seen)
    assert vectors.shape == (9, 9)
    np.testing.assert_allclose(vectors @ vectors.T, seen.similarity, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-12)


def test_path_similarities_are_positive_definite_and_kept_exactly():
    classes = ["zero", "one", "two", "four", "seven", "nine"]
    semantics = wordnet(classes, {"builtin": "digits"})
    assert semantics.vectors is None
    vectors = class_vectors(semantics)
    assert vectors.shape == (6, 6)
    np.testing.assert_allclose(vectors @ vectors.T, semantics.similarity, atol=1e-12)
