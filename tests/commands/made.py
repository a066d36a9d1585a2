"""A run in miniature: colored images, a tiny backbone, and models that were fitted and stored as a run does it."""

from pathlib import Path

import numpy as np
from PIL import Image

from mgah import registry
from mgah.backbones._images import Images as Squares
from mgah.backbones.card import describe, write_backbone_card
from mgah.methods.codes import pack
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics

COUNT, SIDE, BITS = 30, 20, 6
DEEP = {"epochs": 1, "trunk": 8, "batch_size": 10, "device": "cpu", "feature_scaling": "standardize"}
#: Method and parameters by the representation that is encoded; ``tiny`` is a network of tests.
REGIMES = {
    "frozen": ("itq", {"normalize": True}),
    "head": ("dhn", DEEP | {"feature_norm": "l2"}),
    "tail": ("dhn", DEEP | {"trainable": "tail", "network": "tiny"}),
    "all": ("dhn", DEEP | {"trainable": "all", "network": "tiny"}),
}


def write_pictures(folder: Path) -> list[np.ndarray]:
    """Write `COUNT` images of three colors to class folders, one of which has a blank in its name; return them."""
    random, made = np.random.default_rng(0), []
    for number in range(COUNT):
        image = random.integers(0, 60, (SIDE + number % 3, SIDE, 3), dtype=np.uint8)
        image[..., number % 3] += 150
        file = folder / ("red apple", "green", "blue")[number % 3] / f"{number:02}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)
        made.append(image)
    return made


def rows_of(images: list[np.ndarray], trainable: str | None) -> np.ndarray:
    """The rows that a method trains on, image by image."""
    tiny = registry.build("backbones", "tiny")
    backbone = {"tail": tiny.as_maps, "all": lambda: Squares(size=SIDE)}.get(trainable, lambda: tiny)()
    batches = [backbone.forward(backbone.preprocess(image)[None]) for image in images]
    return np.concatenate(batches).astype(backbone.dtype)


def write_run(folder: Path, images: list[np.ndarray]) -> dict[str, tuple[Path, np.ndarray]]:
    """Fit a model of each regime in the run ``folder``; return its file and the packed codes of ``images``."""
    write_backbone_card(
        folder / "backbones/net.json", describe("net", "tiny", {}, registry.build("backbones", "tiny"))
    )
    labels, semantics = np.arange(len(images)) % 3, ClassSemantics.from_vectors("abc", np.eye(3))
    made = {}
    for regime, (name, parameters) in REGIMES.items():
        rows = rows_of(images, parameters.get("trainable"))
        method = registry.build("methods", name, n_bits=BITS, **parameters).fit(rows, labels, semantics)
        file = folder / f"models/toy/net/words/cow/{regime}/seed0/{BITS}.safetensors"
        save_model(file, name, method, {"dataset": "toy", "backbone": "net", "method": regime})
        made[regime] = file, pack(method.encode(rows))
    return made
