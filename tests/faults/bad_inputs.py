"""The table of bad inputs: what is wrong with a file, by the reader that is given it (`tests.faults.readers`).

`OF_ALL` are faults that any file may have, `OF_KIND` those of a kind of file, `OF_ONE` those of one reader's content: a
name, the content that is wrong, and words of the sentence that tells it.
"""

import io
import json
from collections.abc import Callable

import numpy as np
import pandas as pd

#: What a change makes of a file's content; None removes the file.
Change = Callable[[bytes], bytes | None]

#: Whole files that no reader takes.
OF_ALL: dict[str, Change] = {
    "missing": lambda content: None,
    "empty": lambda content: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "without its last tenth": lambda content: content[: -max(2, len(content) // 10)],
    "zeros": lambda content: bytes(len(content)),
    "ones": lambda content: b"\xff" * len(content),
    "a web page": lambda content: b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n" * 9,
    "a pointer of Git LFS": lambda content: b"version https://git-lfs.github.com/spec/v1\nsize 9\n",
    "a pickle": lambda content: b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07os.exit\x94.",
    "random": lambda content: np.random.default_rng(0).bytes(len(content)),
}


def _with(**changes: object) -> Change:
    """The JSON object with fields changed, or without those that are None here."""

    def change(content: bytes) -> bytes:
        fields = json.loads(content) | changes
        return json.dumps({key: value for key, value in fields.items() if value is not ...}).encode()

    return change


def _arrays(**changes: object) -> Change:
    """The npz archive with arrays changed, each a value or a function of the one that is there."""

    def change(content: bytes) -> bytes:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        for name, value in changes.items():
            if value is ...:
                arrays.pop(name)
            else:
                arrays[name] = value(arrays[name]) if callable(value) else np.asarray(value)
        stream = io.BytesIO()
        np.savez(stream, **arrays)
        return stream.getvalue()

    return change


def _cell(**changes: object) -> Change:
    """A codes file whose cell has fields changed."""
    return _arrays(cell=lambda cell: np.array(json.dumps(json.loads(str(cell)) | changes)))


def _rows(change: Callable[[pd.DataFrame], object]) -> Change:
    """The csv with its rows, as text, changed."""

    def changed(content: bytes) -> bytes:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        result = change(table)
        return (table if result is None else result).to_csv(index=False).encode()

    return changed


def _value(column: str, value: str, row: int = 0) -> Change:
    def change(table: pd.DataFrame) -> None:
        table.loc[row, column] = value

    return _rows(change)


def _at(row: int, value: object) -> Callable[[np.ndarray], np.ndarray]:
    """An array with the value in a row."""

    def change(array: np.ndarray) -> np.ndarray:
        other = array.astype(np.result_type(array, np.asarray(value)))
        other[row] = value
        return other

    return change


#: Faults of all files of a kind, by the ending of the file's name.
OF_KIND: dict[str, dict[str, Change]] = {
    ".json": {
        "a list": lambda content: b"[" + content + b"]",
        "null": lambda content: b"null",
        "an empty object": lambda content: b"{}",
        "two objects": lambda content: content + content,
        "deep lists": lambda content: b"[" * 100_000,
        "deep objects": lambda content: b'{"a":' * 100_000,
        "a number of 5,000 digits": lambda content: b"1" * 5000,
        "UTF-16": lambda content: content.decode().encode("utf-16"),
        "no UTF-8": lambda content: content.replace(b'"', b'"\xff', 1),
    },
    ".npz": {
        "objects in it": _arrays(own=np.array([None], dtype=object)),
        "no array": lambda content: b"PK\x05\x06" + bytes(18),
        "an array alone": lambda content: _npy(np.zeros(3)),
    },
    ".csv": {
        "no UTF-8": lambda content: content.replace(b"a", b"\xff"),
        "one field more": lambda content: content.rstrip(b"\n") + b",1\n",
        "a quote without an end": lambda content: content + b'"a',
        "semicolons": lambda content: content.replace(b",", b";"),
    },
}


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


#: What is no fault to one reader: a file that need not be there, any object, arrays beside those that are read, the
#: end of an image's file, and a table that ends early in a whole row.
FINE = {
    ("checkpoint", "missing"),
    ("weights card", "missing"),
    ("JSON", "an empty object"),
    ("thumbnails", "objects in it"),
    ("PNG", "without its last tenth"),
    ("table of codes", "half of it"),
    ("table of codes", "without its last tenth"),
}

#: Faults of one reader's content: reader, what is wrong, the change, and words of the sentence.
OF_ONE: list[tuple[str, str, Change, str]] = [
    ("codes", "a query twice", _arrays(query_ids=_at(1, 0)), "hold the image 0 twice"),
    ("codes", "a query in the database", _arrays(query_ids=_at(0, 5)), "hold the image 5 twice"),
    ("codes", "a seen query twice", _arrays(seen_query_ids=[4, 4]), "seen queries hold the image 4 twice"),
    ("codes", "a seen query that is not there", _arrays(seen_query_ids=[99]), "not in the database"),
    ("codes", "fractional ids", _arrays(query_ids=_at(0, 0.5)), "query ids are float64"),
    ("codes", "negative ids", _arrays(query_ids=_at(0, -1)), "query ids are from -1"),
    ("codes", "ids beyond 32 bits", _arrays(query_ids=_at(0, 2**40)), "query ids are from"),
    ("codes", "a label without a class", _arrays(query_labels=_at(0, 5)), "query labels are from 0 to 5"),
    ("codes", "codes of another type", _arrays(query_codes=lambda a: a.astype(float)), "float64"),
    ("codes", "one code less", _arrays(query_codes=lambda a: a[1:]), "for 4 ids"),
    ("codes", "another length", _arrays(n_bits=17), "expected uint8 of shape"),
    ("codes", "no bits", _arrays(n_bits=0), "0 bits"),
    ("codes", "bits beyond the length", _arrays(n_bits=9), "more than 9 bits"),
    ("codes", "half a bit", _arrays(n_bits=15.5), "15.5 bits"),
    ("codes", "numbers as class names", _arrays(class_names=[1, 2, 3]), "class names"),
    ("codes", "notes null", _cell(notes=None), "notes None, expected a list of texts"),
    ("codes", "notes a text", _cell(notes="abc"), "notes 'abc', expected a list of texts"),
    ("codes", "seed a text", _cell(seed="x"), "seed 'x', expected an integer"),
    ("codes", "seed beyond 64 bits", _cell(seed=2**70), "expected an integer from 0"),
    ("codes", "method null", _cell(method=None), "method None"),
    ("codes", "label a number", _cell(label=5), "label 5"),
    ("codes", "split empty", _cell(split=""), "split ''"),
    ("codes", "a seed below 0", _cell(seed=-1), "expected an integer from 0"),
    ("codes", "two lengths", _arrays(n_bits=[16, 16]), "can only convert"),
    ("codes", "labels of another type", _arrays(database_labels=lambda a: a / 2), "labels are float"),
    ("codes", "a label beyond 16 bits", _arrays(database_labels=_at(0, 40_000)), "to 40000"),
    ("codes", "a label below 0", _arrays(query_labels=_at(0, -1)), "labels are from -1"),
    ("codes", "fractional seen queries", _arrays(seen_query_ids=[4.0, 5.0]), "are float64"),
    ("codes", "a cell that is a list", _arrays(cell="[]"), "is a list, expected an object"),
    ("codes", "a cell of brackets", _arrays(cell="[" * 100_000), "nested too deeply"),
    ("codes", "no array of ids", _arrays(query_ids=...), "query_ids"),
    ("codes", "an array too many", _arrays(own=[1]), "own"),
    ("named codes", "a name less", _arrays(names=lambda a: a[1:]), "for 11 names"),
    ("named codes", "bits beyond the length", _arrays(n_bits=9), "beyond their 9 bits"),
    ("named codes", "no length", _arrays(n_bits=...), "n_bits"),
    ("named codes", "a text as length", _arrays(n_bits="x"), "codes have 'x' bits, expected an integer"),
    ("semantics", "not symmetric", _arrays(similarity=_at(0, [1, 0.5, 0])), "the same in both directions"),
    ("semantics", "complex", _arrays(similarity=lambda a: a.astype(complex)), "complex"),
    ("semantics", "NaN", _arrays(similarity=_at(0, np.nan)), "finite"),
    ("semantics", "a class twice", _arrays(names=["ant", "ant", "cat"]), "ant"),
    ("semantics", "a class less", _arrays(names=["ant", "bee"]), "expected"),
    ("semantics", "vectors of another number", _arrays(vectors=lambda a: a[1:]), "vectors"),
    ("semantics", "an array too many", _arrays(own=[1]), "arrays"),
    ("images table", "a fractional class id", _value("class_id", "0.5"), "'0.5' in column 'class_id'"),
    ("images table", "a negative class id", _value("class_id", "-1"), "class id"),
    ("images table", "a class id beyond 16 bits", _value("class_id", "40000"), "class id 40000"),
    ("images table", "ids that leave one out", _value("id", "7"), "0, 1, 2"),
    ("images table", "a path twice", _value("path", "01.png"), "unique paths"),
    ("images table", "two names of a class", _value("class_name", "dog"), "two names"),
    ("images table", "no hash", _value("content", "x"), "32 hexadecimal digits"),
    ("images table", "no rows", _rows(lambda table: table[:0]), "no rows"),
    ("images table", "a column less", _rows(lambda table: table.drop(columns="path")), "columns"),
    ("images table", "other words for numbers", _value("id", "1e0"), "'1e0' in column 'id'"),
    ("scores", "a score above 1", _value("value", "7"), "expected a share from 0 to 1"),
    ("scores", "infinite", _value("value", "inf"), "'inf' in column 'value'"),
    ("scores", "a seed beyond 64 bits", _value("seed", "9" * 20), "column 'seed'"),
    ("scores", "a length beyond 64 bits", _value("bits", "9" * 20), "column 'bits'"),
    ("scores", "a negative seed", _value("seed", "-1"), "seed -1"),
    ("scores", "a row twice", _rows(lambda table: pd.concat([table, table])), "twice"),
    ("scores", "an unknown mark", _value("leak", "perhaps"), "leak marks"),
    ("scores", "two labels of a method", _value("label", "another"), "one label"),
    ("scores", "a line with and without a length", _value("bits", ""), "with and without a code length"),
    ("features card", "notes null", _with(notes=None), "notes None, expected a list of texts"),
    ("features card", "notes a text", _with(notes="x"), "notes 'x', expected a list of texts"),
    ("features card", "text for a number", _with(images="6"), "images '6', expected an integer"),
    ("features card", "a number beyond 64 bits", _with(images=10**30), "expected an integer"),
    ("features card", "a dimension below 0", _with(dimension=-1), "dimension -1"),
    ("features card", "another checksum", _with(content="0" * 64), "has the checksum"),
    ("features card", "a checksum that is none", _with(content="x"), "expected 64 hexadecimal digits"),
    ("features card", "another type", _with(dtype="float16"), "expected float16"),
    ("features card", "a type that is none", _with(dtype="object"), "expected object"),
    ("features card", "a fractional number", _with(images=6.0), "images 6.0"),
    ("features card", "another number", _with(images=7), r"expected float32 of shape \(7, 4\)"),
    ("features card", "no dimension", _with(dimension=...), "lacks dimension"),
    ("dataset card", "classes null", _with(classes=None), "classes None"),
    ("dataset card", "no class", _with(classes=[]), "list of class names"),
    ("dataset card", "synsets a list", _with(synsets=[]), r"synsets \[\]"),
    ("dataset card", "a number among notes", _with(notes=["a", 1]), "notes"),
    ("dataset card", "a number below 0", _with(images=-1), "images -1"),
    ("dataset card", "a number beyond 64 bits", _with(images=10**30), "expected an integer"),
    ("dataset card", "no name", _with(name=""), "name ''"),
    ("dataset card", "a number as source", _with(source=5), "source 5"),
    ("dataset card", "a checksum that is none", _with(archive_sha256="x"), "archive_sha256 'x'"),
    ("dataset card", "a class twice", _with(classes=["ant", "ant"]), "another name"),
    ("dataset card", "a number as class", _with(classes=[1, "bee"]), "list of texts"),
    ("dataset card", "synsets of others", _with(synsets={"cat": None}), "synset"),
    ("dataset card", "a field too many", _with(own=1), "own"),
    ("dataset card", "true as number", _with(images=True), "images True"),
    ("backbone card", "notes null", _with(notes=None), "notes None"),
    ("backbone card", "no weights", _with(weights=...), "lacks weights"),
    ("split", "another checksum", _with(checksum="0" * 64), "checksum is wrong"),
    ("split", "another seed", _with(seed=1), "checksum is wrong"),
    ("split", "a text as seed", _with(seed="1"), "seed is a str, expected int"),
    ("split", "no queries", _with(queries=...), "keys"),
    ("choice", "a place that is none", _with(chosen=2), "do not fit"),
    ("choice", "a score above 1", _with(mAP=[[0.1], [7]]), "do not fit"),
    ("choice", "another cell", _with(cell={"dataset": "zoo"}), "do not fit"),
    ("benchmark", "text for a number", _with(seconds="1"), "no numbers"),
    ("benchmark", "a number less", _with(peak_mib=...), "no numbers"),
    ("model card", "an unknown method", _with(method="none"), "no method 'none'"),
    ("model card", "an unknown parameter", _with(parameters={"own": 1}), "own"),
    ("model card", "parameters a list", _with(parameters=[]), "parameters"),
    ("model card", "other weights", _with(weights_sha256="0" * 64), "SHA-256"),
    ("weights card", "other weights", _with(weights_sha256="0" * 64), "SHA-256"),
    ("weights card", "notes null", _with(notes=None), "notes None"),
    ("index card", "other names", _with(names=["a"]), "1 name and"),
    ("index card", "another length", _with(n_bits=99), "99"),
    ("index card", "a radius beyond all codes", _with(radius=2**31 - 1), "2147483647"),
    ("index card", "another index", _with(sha256="0" * 64), "SHA-256"),
    ("printed table", "no frames", _with(frames=...), "no printed table"),
    ("printed table", "frames a number", _with(frames=5), "no printed table"),
    ("JSON", "a key twice", lambda c: b'{"a": 1, "b": {}, "a": 1}', "the key 'a' stands in one object twice"),
    (
        "features",
        "a MATLAB file",
        lambda c: b"MATLAB 7.3 MAT-file" + c,
        r"a MATLAB file of version 7\.3, no file",
    ),
    (
        "array",
        "a pickle of Python",
        lambda c: b"\x80\x04\x95" + c,
        "it is a pickle of Python, no file of NumPy",
    ),
    ("codes", "text", lambda c: b"0101 1100", "it is something else, no file of NumPy"),
    ("rows", "one axis", _arrays(features=[1.0, 2.0]), "shape"),
    ("rows", "a name less", _arrays(names=["a"]), "1 name for 3 rows"),
    ("rows", "no row", _arrays(features=np.zeros((0, 3))), "shape"),
    ("table of codes", "a 2", lambda c: c.replace(b"0101", b"0201"), "texts of 0 and 1"),
    ("table of codes", "two lengths", lambda c: c.replace(b"0101", b"010"), "one length"),
    ("table of codes", "no codes", lambda c: c.replace(b"code", b"bits"), "expected code"),
    ("JPEG", "GIF", lambda content: _image("GIF"), "no JPEG or PNG"),
    ("JPEG", "TIFF", lambda content: _image("TIFF"), "no JPEG or PNG"),
    ("JPEG", "BMP", lambda content: _image("BMP"), "no JPEG or PNG"),
    ("JPEG", "WEBP", lambda content: _image("WEBP"), "no JPEG or PNG"),
    ("JPEG", "PPM", lambda content: _image("PPM"), "no JPEG or PNG"),
    ("JPEG", "PostScript", lambda content: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no JPEG"),
    ("PNG", "144 megapixels", lambda content: _flat(12_000, 12_000), "pixels"),
    ("PNG", "a strip", lambda content: _flat(1, 9_000), "longer side"),
]


def _image(kind: str) -> bytes:
    from tests.faults.readers import image

    return image(kind)


def _flat(height: int, width: int) -> bytes:
    """A PNG of one color, of few bytes."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("1", (width, height)).save(stream, "PNG")
    return stream.getvalue()
