"""Every reader of a file, with a small file of its own that it reads: what fuzzing and the table of bad inputs change.

A `Reader` says which file is changed and what came of reading it, in a form that can be compared. It is sealed where a
checksum stands beside the content or in it, so that other content must never come out.
"""

import dataclasses
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from safetensors.torch import save_file

from mgah.backbones.card import BackboneCard, read_backbone_card, write_backbone_card
from mgah.backbones.store import FeatureWriter, read_features
from mgah.backbones.weights import read_weights
from mgah.backbones.weights_card import read_weights_card
from mgah.baselines.itq import ITQ
from mgah.datasets.card import DatasetCard, read_card, write_card
from mgah.datasets.decode import decode_file
from mgah.encoding.codes_file import NamedCodes, read_named_codes, write_named_codes
from mgah.encoding.inputs import read_input
from mgah.evaluation.code_files import read_side
from mgah.evaluation.counts_file import read_counts, write_counts
from mgah.io.archives import ZipFiles, read_tar_gz
from mgah.io.files import read_json, sha256, write_json
from mgah.methods.codes import Codes, read_codes, write_codes
from mgah.methods.models import load_model, save_model
from mgah.pretraining.checkpoint import Checkpoint
from mgah.report.benchmarks import read_benchmark
from mgah.report.outputs.base import Frame, Table
from mgah.report.writers import read_table, write_table
from mgah.search.faiss_index import build_index, read_index, write_index
from mgah.semantics.store import ClassSemantics, read_semantics, write_semantics
from mgah.splits import draw_split, read_split, write_split
from mgah.tables.gallery import read_thumbnails, write_thumbnails
from mgah.tables.images import read_images, write_images
from mgah.tables.keys import METHOD_KEY
from mgah.tables.scores import COLUMNS, read_scores, write_scores
from mgah.training.choice import Choice, read_choice, write_choice


@dataclasses.dataclass(frozen=True)
class Reader:
    """A reader.

    Attributes:
        file: name of the file that is changed.
        make: writes the file, and what it needs beside it, into a folder.
        read: reads the file in a folder; what it returns is compared by `same`.
        sealed: whether a checksum covers the content.
    """

    file: str
    make: Callable[[Path], object]
    read: Callable[[Path], object]
    sealed: bool = False


def plain(value: object) -> object:
    """A value as nested lists and texts, which compare by ``==`` and by bits."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, value.tobytes() if value.dtype != object else value.tolist()]
    if isinstance(value, pd.DataFrame):
        return [list(map(str, value.dtypes)), value.to_csv(index=False)]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.numpy().tobytes() if hasattr(value, "numpy") else repr(value)


IDS = np.arange(36)
IMAGES = pd.DataFrame(
    {
        "id": IDS,
        "class_id": IDS % 3,
        "class_name": np.array(["ant", "bee", "cat"])[IDS % 3],
        "path": [f"{i:02}.png" for i in IDS],
        "content": [f"{i:032x}" for i in IDS],
    }
)
SEMANTICS = ClassSemantics.from_vectors(
    ("ant", "bee", "cat"), np.random.default_rng(0).standard_normal((3, 5)), ["A note."]
)
_random = np.random.default_rng(1)
_PACKED = _random.integers(0, 256, (12, 2), dtype=np.uint8)
_PIXELS = np.kron(_random.integers(0, 256, (4, 5, 3), dtype=np.uint8), np.ones((3, 3, 1), np.uint8))
CODES = Codes(
    _PACKED[:4],
    *(np.arange(4), np.arange(4) % 3),
    _PACKED[4:],
    *(np.arange(4, 12), np.arange(8) % 3, np.arange(4, 6)),
    ("ant", "bee", "cat"),
    16,
    {"dataset": "zoo", "split": "cat", "method": "itq", "seed": 0, "notes": ["A note."]},
)
SCORES = pd.DataFrame(
    [
        ["zoo", "pixels", "word2vec", "cat", "itq", "ITQ", bits, 0, "mAP", "", 0.25 * place, "", ""]
        for place, bits in enumerate((8, 16))
    ],
    columns=list(COLUMNS),
)


def image(kind: str) -> bytes:
    """A small image file."""
    stream = io.BytesIO()
    Image.fromarray(_PIXELS).save(stream, kind)
    return stream.getvalue()


def _split(folder: Path) -> None:
    split = draw_split(IMAGES, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
    write_split(folder / "cat.json", split, IMAGES)


def _features(folder: Path) -> None:
    with FeatureWriter(folder, (6, 4), {"backbone": "pixels"}) as writer:
        writer.append(np.random.default_rng(2).standard_normal((6, 4), dtype=np.float32))
        writer.finish({"dataset": "zoo", "backbone": "pixels", "fingerprint": "f", "notes": ["A note."]})


def _model(folder: Path) -> None:
    features = np.random.default_rng(3).standard_normal((36, 6), dtype=np.float32)
    method = ITQ(n_bits=4, iterations=2).fit(features, IDS % 3, SEMANTICS)
    save_model(folder / "4.safetensors", "itq", method, {"dataset": "zoo"})


def _weights(folder: Path) -> None:
    import torch

    save_file({"a.weight": torch.arange(6.0).reshape(2, 3)}, folder / "own.safetensors")
    digest = sha256(folder / "own.safetensors")
    write_json(
        folder / "own.json", {"weights_sha256": digest, "training_classes": ["n01234567"], "notes": []}
    )


def _read_weights(folder: Path) -> object:
    weights = read_weights(folder / "own.safetensors")
    return {**weights.state, "card": read_weights_card(weights.file, weights.sha256)}


def _pickled(folder: Path) -> None:
    import torch

    torch.save({"a.weight": torch.arange(6.0).reshape(2, 3)}, folder / "own.pth")


class _Part:
    def __init__(self) -> None:
        self.state: dict = {}

    def state_dict(self) -> dict:
        return {"a": [1, 2, 3]}

    def load_state_dict(self, state: dict) -> None:
        self.state = dict(state)


def _restore(folder: Path) -> object:
    part = _Part()
    return [Checkpoint(folder / "a.checkpoint", "a", 60).restore({"part": part}), part.state]


def _zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "zoo.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("zoo/ant/1.jpg", "zoo/bee/2.jpg"):
            archive.writestr(zipfile.ZipInfo(name), image("JPEG"))


def _read_zip(folder: Path) -> object:
    files = ZipFiles(folder / "zoo.zip", top="zoo")
    return {name: files.read(name) for name in files.names()}


def _tar(folder: Path) -> None:
    with tarfile.open(folder / "zoo.tar.gz", "w:gz") as archive:
        for name in ("ant/1.jpg", "bee/2.jpg"):
            member = tarfile.TarInfo(name)
            member.size = len(image("JPEG"))
            archive.addfile(member, io.BytesIO(image("JPEG")))


def _named(folder: Path) -> NamedCodes:
    codes = NamedCodes(16, tuple(f"a/{i}.jpg" for i in range(12)), "a", "m", "5" * 64, codes=_PACKED)
    write_named_codes(folder / "codes.npz", codes)
    return codes


def _index(folder: Path) -> None:
    write_index(folder / "codes.faiss", build_index(_named(folder)))


def _read_index(folder: Path) -> object:
    made = read_index(folder / "codes.faiss")
    return [plain(made.header), made.kind, [plain(hits) for hits in made.neighbors(_PACKED[:2], 3)]]


def _counts(folder: Path) -> None:
    parts = {"labels": IDS[:2], "ids": IDS[:2], "rel": np.eye(2, 9), "cnt": np.ones((2, 9))}
    arrays = {f"unseen_{name}": np.asarray(value, np.uint32) for name, value in parts.items()}
    key = "zoo/pixels/word2vec/cat/itq/8/0"
    write_counts(folder / "counts.npz", {key: arrays})


def _table(folder: Path) -> None:
    frame = Frame("Heading\nText.", pd.DataFrame({"Class": ["a|b"], "8 bits": ["0.100"]}))
    write_table(Table("Title", ("One.",), (frame,), pd.DataFrame({"x": [0.5]})), folder / "table")


def _choice(folder: Path) -> None:
    cell = dict.fromkeys(METHOD_KEY, "a")
    write_choice(folder / "choice.json", Choice(cell, 32, 0, [{}, {"lr": 1.0}], [["ant"]], [[0.1], [0.2]], 1))


def _arrays(folder: Path) -> None:
    np.savez(folder / "rows.npz", features=np.eye(3, dtype=np.float32), names=np.array(["a", "b", "c"]))


def _cards(folder: Path) -> None:
    names = ["ant", "bee"]
    write_card(
        folder / "dataset.json", DatasetCard("zoo", names, {"ant": "n1", "bee": None}, [], 2, "zoo", None)
    )


READERS = {
    "JSON": Reader(
        "a.json",
        lambda folder: write_json(folder / "a.json", {"a": [1, "é"]}),
        lambda f: read_json(f / "a.json"),
    ),
    "images table": Reader(
        "images.csv",
        lambda folder: write_images(folder / "images.csv", IMAGES),
        lambda folder: read_images(folder / "images.csv"),
    ),
    "scores": Reader(
        "scores.csv",
        lambda folder: write_scores(folder / "scores.csv", SCORES),
        lambda folder: read_scores(folder / "scores.csv"),
    ),
    "packed scores": Reader(
        "scores.csv.xz",
        lambda folder: SCORES.to_csv(folder / "scores.csv.xz", index=False),
        lambda folder: read_scores(folder / "scores.csv.xz"),
        sealed=True,
    ),
    "dataset card": Reader("dataset.json", _cards, lambda folder: read_card(folder / "dataset.json")),
    "backbone card": Reader(
        "b.json",
        lambda folder: write_backbone_card(
            folder / "b.json", BackboneCard("p", "pixels", {}, "", "", ("n01234567",), ("A note.",))
        ),
        lambda folder: read_backbone_card(folder / "b.json"),
    ),
    "split": Reader("cat.json", _split, lambda folder: read_split(folder / "cat.json", IMAGES), sealed=True),
    "choice": Reader("choice.json", _choice, lambda folder: read_choice(folder / "choice.json")),
    "benchmark": Reader(
        "b.json",
        lambda folder: write_json(folder / "b.json", {"seconds": 1.5, "cpu_seconds": 2, "peak_mib": 3}),
        lambda folder: read_benchmark(folder / "b.json"),
    ),
    "printed table": Reader("table.json", _table, lambda folder: read_table(folder / "table")),
    "features": Reader("features.npy", _features, read_features, sealed=True),
    "features card": Reader("card.json", _features, read_features),
    "codes": Reader(
        "16.npz",
        lambda folder: write_codes(folder / "16.npz", CODES),
        lambda folder: read_codes(folder / "16.npz"),
        sealed=True,
    ),
    "named codes": Reader(
        "codes.npz", _named, lambda folder: read_named_codes(folder / "codes.npz"), sealed=True
    ),
    "counts": Reader("counts.npz", _counts, lambda folder: read_counts(folder / "counts.npz"), sealed=True),
    "semantics": Reader(
        "word2vec.npz",
        lambda folder: write_semantics(folder / "word2vec.npz", SEMANTICS),
        lambda folder: read_semantics(folder / "word2vec.npz"),
        sealed=True,
    ),
    "model": Reader(
        "4.safetensors", _model, lambda folder: vars(load_model(folder / "4.safetensors")), sealed=True
    ),
    "model card": Reader("4.json", _model, lambda folder: vars(load_model(folder / "4.safetensors"))),
    "weights": Reader("own.safetensors", _weights, _read_weights, sealed=True),
    "weights card": Reader("own.json", _weights, _read_weights),
    "weights of torch": Reader("own.pth", _pickled, lambda f: read_weights(f / "own.pth").state),
    "checkpoint": Reader(
        "a.checkpoint",
        lambda folder: Checkpoint(folder / "a.checkpoint", "a", 60).save(7, {"part": _Part()}),
        _restore,
    ),
    "zip archive": Reader("zoo.zip", _zip, _read_zip),
    "tar archive": Reader(
        "zoo.tar.gz", _tar, lambda folder: read_tar_gz(folder / "zoo.tar.gz", lambda name: True), sealed=True
    ),
    "JPEG": Reader(
        "a.jpg",
        lambda folder: (folder / "a.jpg").write_bytes(image("JPEG")),
        lambda folder: decode_file(folder / "a.jpg"),
    ),
    "PNG": Reader(
        "a.png",
        lambda folder: (folder / "a.png").write_bytes(image("PNG")),
        lambda folder: decode_file(folder / "a.png"),
    ),
    "thumbnails": Reader(
        "thumbnails.npz",
        lambda folder: write_thumbnails(
            folder / "thumbnails.npz", ["zoo"] * 2, [1, 5], np.ones((2, 4, 4, 3), np.uint8)
        ),
        lambda folder: read_thumbnails(folder / "thumbnails.npz"),
        sealed=True,
    ),
    "rows": Reader("rows.npz", _arrays, lambda folder: read_input(folder / "rows.npz"), sealed=True),
    "array": Reader(
        "rows.npy",
        lambda folder: np.save(folder / "rows.npy", np.eye(4, 3, dtype=np.float32)),
        lambda folder: read_input(folder / "rows.npy"),
    ),
    "table of codes": Reader(
        "codes.csv",
        lambda folder: (folder / "codes.csv").write_text("code,name,label\n0101,a,x\n1100,b,y\n"),
        lambda folder: read_side(folder / "codes.csv"),
    ),
    "index": Reader("codes.faiss", _index, _read_index, sealed=True),
    "index card": Reader("codes.json", _index, _read_index),
}
