"""Small datasets of made features with one unseen class: five classes for fits, six for choices of parameters."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mgah.backbones.card import BackboneCard
from mgah.datasets.card import DatasetCard, write_card
from mgah.io.files import write_json
from mgah.semantics.store import ClassSemantics, write_semantics
from mgah.splits import draw_split, write_split
from mgah.tables.images import COLUMNS, write_images
from mgah.training.__main__ import main
from mgah.training.job import Inputs, Job

CLASSES = ("ant", "bee", "cow", "dog", "elk")
NAMES = ("ant", "bee", "cat", "dog", "elk", "fox")


def made_inputs(
    dataset: str, names: tuple[str, ...], unseen: str, count: int, noise: float, training: int
) -> Inputs:
    """A dataset of ``count`` rows around one center a class, and a split with one unseen class."""
    random = np.random.default_rng(0)
    class_id = np.arange(count) % len(names)
    images = pd.DataFrame(
        {
            "id": range(count),
            "class_id": class_id,
            "class_name": np.array(names)[class_id],
            "path": [f"{i:04d}" for i in range(count)],
            "content": [f"{i:032x}" for i in range(count)],
        },
        columns=list(COLUMNS),
    )
    centers = random.standard_normal((len(names), 12))
    features = (centers[class_id] + noise * random.standard_normal((count, 12))).astype(np.float32)
    counts = {"training": training, "queries": 10, "seen_queries": 10}
    split = draw_split(images, dataset, unseen, (unseen,), **counts, seed=0)
    semantics = ClassSemantics.from_vectors(
        names, random.standard_normal((len(names), 4)), (f"{dataset} vectors",)
    )
    notes = ("a note of the data", "a note of the features", f"{dataset} vectors")
    return Inputs(dataset, "none", "words", images, features, split, semantics, notes)


@pytest.fixture
def inputs() -> Inputs:
    return made_inputs("toy", CLASSES, "cow", 150, 0.4, 60)


@pytest.fixture
def zoo() -> Inputs:
    return made_inputs("zoo", NAMES, "cat", 240, 0.3, 150)


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """A job on given inputs, from what differs from ITQ at 4 and 8 bits with seed 0."""

    def make(inputs: Inputs, method: str = "itq", **changes) -> Job:
        plain = {"parameters": {}, "bits": (4, 8), "seed": 0, "name": method}
        return Job(inputs, method, **plain | changes)

    return make


@pytest.fixture
def call(tmp_path) -> Callable[..., None]:
    """Runs a job of ``python -m mgah.training`` on files of given inputs; parameters are given as a dict."""

    def run(job: str, inputs: Inputs, method: str, parameters: dict, *arguments: object) -> None:
        options = written(inputs, tmp_path / "stages" / inputs.dataset)
        options += ["--method", method, "--parameters", json.dumps(parameters)]
        main([job, *map(str, [*options, *arguments])])

    return run


def written(inputs: Inputs, folder: Path, module: str = "none") -> list[object]:
    """Write ``inputs`` to ``folder`` as the stages do, and return the options that name the files.

    ``module`` is the registry's name of the backbone.
    """
    notes = [[note] for note in inputs.notes]
    names = [str(name) for name in inputs.semantics.names]
    synsets = dict.fromkeys(names)
    count, width = inputs.features.shape
    (folder / "features").mkdir(parents=True, exist_ok=True)
    write_images(folder / "images.csv", inputs.images)
    write_card(
        folder / "dataset.json",
        DatasetCard(inputs.dataset, names, synsets, notes[0], count, "made", None),
    )
    np.save(folder / "features/features.npy", inputs.features)
    card = {
        "dataset": inputs.dataset,
        "backbone": inputs.backbone,
        "images": count,
        "dimension": width,
        "dtype": str(inputs.features.dtype),
        "notes": notes[1],
    }
    write_json(folder / "features/card.json", card)
    write_split(folder / "split.json", inputs.split, inputs.images)
    write_semantics(folder / "words.npz", inputs.semantics)
    write_json(folder / "backbone.json", asdict(BackboneCard(inputs.backbone, module, {}, "", "", (), ())))
    files = {"images": "images.csv", "dataset-card": "dataset.json", "store": "features"}
    files |= {"backbone-card": "backbone.json"}
    files |= {"split": "split.json", "semantics": "words.npz"}
    options = [part for name, file in files.items() for part in (f"--{name}", folder / file)]
    return [*options, "--semantics-name", "words"]
