"""Files of word vectors: told by content, read where they can be, and refused with the place of the fault."""

import bz2
import gzip
import io
import lzma
import pickle
import struct
import zipfile

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics.vector_file import read_vectors

VECTORS = {"cat": [0.5, -1, 2, 1e-3], "polar bear": [1, 2, 3, 4], "truck": [0, 0.25, 0, -7]}


def text(header="3 4", separator=" ", end="\n", **more):
    rows = (VECTORS | more).items()
    lines = [separator.join([word, *map(str, values)]) for word, values in rows]
    return "".join(line + end for line in ([header] if header else []) + lines).encode()


def binary(header="2 4", end=b""):
    words = ("cat", "truck")  # no word has blanks in this format
    return header.encode() + b"\n" + b"".join(map(lambda word: entry(word) + end, words))


def entry(word):
    return word.encode() + b" " + np.array(VECTORS[word], "<f4").tobytes()


def read(tmp_path, content, words=("cat", "truck"), limit=None):
    file = tmp_path / "vectors"
    file.write_bytes(content)
    return read_vectors(file, words, limit)


def zipped(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("vectors.txt", content)
    return stream.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize(
    "content",
    [
        text(),
        text(header=""),
        text(separator="\t", end="\r\n"),
        text(end=" \n") + b"\n\n",
        b"\xef\xbb\xbf" + text(),
        text(header="", **{". . .": [1, 1, 1, 1], "\u00a0": [1, 1, 1, 1], "1 2": [1, 1, 1, 1]}),
        b"1 2 3 4 5\n" + text(header=""),
        text(header="4 4") + b" 1 2 3 4\n",
        binary(),
        binary(end=b"\n"),
    ],
    ids=["text", "glove", "tabs", "blanks", "mark", "words", "number", "no word", "binary", "breaks"],
)
def test_the_content_tells_the_format(tmp_path, pack, content):
    vectors, notes = read(tmp_path, pack(content))
    assert notes == [] and {word: vector.dtype for word, vector in vectors.items()} == {
        "cat": np.float32,
        "truck": np.float32,
    }
    for word, vector in vectors.items():
        np.testing.assert_array_equal(vector, np.array(VECTORS[word], np.float32))


def test_words_may_have_blanks(tmp_path):
    for content in (text(), text(header="")):
        np.testing.assert_array_equal(read(tmp_path, content, ["polar bear"])[0]["polar bear"], [1, 2, 3, 4])


def test_entries_of_a_binary_file_may_lie_across_its_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("mgah.semantics.vector_file._CHUNK", 1)
    vectors, _ = read(tmp_path, binary())
    np.testing.assert_array_equal(vectors["truck"], np.array(VECTORS["truck"], np.float32))


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (text(header="9 4"), "vectors has 3 vectors where its first line says 9"),
        (text(header="1 4"), "vectors has 3 vectors where its first line says 1"),
        (binary(header="1 4"), "vectors has 2 vectors where its first line says 1"),
        (binary(header="9 4"), "vectors has 2 vectors where its first line says 9"),
        (
            text(header="") + "café 1 2 3 4\n".encode("latin-1"),
            "vectors is not all UTF-8: 1 of its 4 words cannot be named by a class or an alias, as their letters are "
            "of another encoding",
        ),
        (
            text(header="") + b"cat 1 1 1 1\n",
            "vectors has other vectors of cat further on; the first ones are used",
        ),
    ],
)
def test_what_is_odd_is_read_and_said(tmp_path, content, note):
    vectors, notes = read(tmp_path, content)
    assert notes == [note]
    np.testing.assert_array_equal(vectors["cat"], np.array(VECTORS["cat"], np.float32))


def test_a_limit_ends_the_reading_without_a_word_on_the_count(tmp_path):
    for content in (text(), binary()):
        vectors, notes = read(tmp_path, content, limit=1)
        assert list(vectors) == ["cat"] and notes == []


def test_values_of_words_that_nobody_asks_for_are_not_judged(tmp_path):
    assert list(read(tmp_path, text(fox=["nan", "x", 1, 1], header="4 4"))[0]) == ["cat", "truck"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text(header="3 300"), "first line says 300 numbers a word, but line 2 has 4"),
        (text(header="3 3"), "first line says 3 numbers a word, but line 2 has 4"),
        (text() + b"fox 1 2\n", "line 5: it has 3 fields, expected a word and 4 numbers: correct the line"),
        (text()[:-6], "line 4: it has 3 fields, .*the file ends in it: get the file again"),
        (text(truck=[1, "x", 2, 3]), "line 4: number 2 of 4 is 'x', expected a number: correct"),
        (text(truck=[1, "1_0", 2, 3]), "line 4: number 2 of 4 is '1_0'"),
        (
            text(header="").replace(b".", b","),
            "line 1: number 1 of 4 is '0,5', .*a point in place of a comma",
        ),
        (text(truck=[1, "nan", 2, 3]), "line 4: the vector of 'truck' has values that are not finite"),
        (text(truck=[1, "1e40", 2, 3]), "line 4: the vector of 'truck' has values that are not finite"),
        (text(header="", separator=","), "separated by ',', .*table of classes .source: table"),
        (binary()[:-3], "ends within the vector behind the first 1, of 4 numbers of 4 bytes: get"),
        (binary() + entry("cat")[:-1], "ends within the vector behind the first 2"),
        (b"2 4\n" + entry("cat") + bytes(5000), "behind the first 1 vectors there is no word"),
        (b"2 2\n" + b"\xff" * 9000, "behind the first 0 vectors there is no word"),
        (gzip.compress(text(), mtime=0)[:-9], "damaged .*get the file again"),
        (b"", "it is empty, .*get the file again"),
        (b"3 4\n", "no vectors behind its first line"),
        (b"2 0\ncat\ndog\n", "first line says 0 numbers a word"),
        (bytes(100), "it is zero bytes alone"),
        (zipped(text()), "it is a zip archive, .*unpack it"),
        (pickle.dumps(VECTORS), "it is a pickle of Python, .*save_word2vec_format"),
        (struct.pack("<ii", 793712314, 12) + bytes(99), "it is a binary model of fastText, .*take the .vec"),
        (text().decode().encode("utf-16"), "it is text in UTF-16, .*convert it to UTF-8"),
        (b"<!DOCTYPE html>\n<html>", "it is a web page, .*get the file again"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
            "it is a pointer of Git LFS, .*git lfs pull",
        ),
        (b"The cat sat\non the mat\n", "line 1 is 'The cat sat', expected word2vec's format"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_the_place(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, content)


def test_a_folder_is_no_file_of_vectors(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read .Is a directory.: name a file"):
        read_vectors(tmp_path, ["cat"])
