"""The line without codes: cosine ranking of float rows, and its command."""

import json

import numpy as np
import pandas as pd
import pytest

from mgah.datasets.card import DatasetCard, write_card
from mgah.evaluation import no_coding
from mgah.evaluation.no_coding import score_values
from mgah.metrics.cosine import cosine_average_precision
from mgah.splits import draw_split, write_split
from mgah.tables.images import write_images
from mgah.tables.scores import METHOD_COLUMNS, read_scores


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_values_of_rows():
    rows = unit(np.array([[1, 0.1], [1, 0.2], [0.1, 1], [0.2, 1], [0.3, 1]]))
    labels = np.array([0, 0, 1, 1, 1])
    values = score_values(rows[:1], labels[:1], rows[1:], labels[1:], np.array([1, 3]), ("bird", "cat"))
    values = {(v.metric, v.class_name): v.value for v in values}
    assert values["mAP", ""] == values["mAP", "bird"] == values["seen_mAP", "cat"] == 1.0
    assert values["harmonic_mean", ""] == 1.0 and values["undefined_queries", ""] == 0.0
    assert values["chance_mAP", ""] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, abs=1e-15)


@pytest.fixture
def files(tmp_path):
    """A feature folder, an images table with an empty class id, and two splits of it."""
    n, names = 120, {0: "ant", 1: "bee", 3: "cow", 4: "doe"}
    generator = np.random.default_rng(0)
    ids = generator.choice(list(names), n)
    features = generator.normal(size=(n, 6)).astype(np.float32)
    features[np.arange(n), ids] += 3
    table = {"id": range(n), "class_id": ids, "class_name": [names[i] for i in ids]}
    table |= {"path": [f"{i:04d}.png" for i in range(n)], "content": [f"{i:032x}" for i in range(n)]}
    images = pd.DataFrame(table)
    write_images(tmp_path / "images.csv", images)
    (tmp_path / "features").mkdir()
    np.save(tmp_path / "features" / "features.npy", features)
    card = {
        "dataset": "zoo",
        "backbone": "net",
        "images": n,
        "dimension": 6,
        "notes": ["a note of the backbone"],
    }
    (tmp_path / "features" / "card.json").write_text(json.dumps(card))
    synsets = dict.fromkeys(["ant", "bee", "cat", "cow", "doe"])
    notes = ["a note of the dataset"]
    write_card(tmp_path / "dataset.json", DatasetCard("zoo", list(synsets), synsets, notes, n, "made", None))
    for name in ("bee", "doe"):
        split = draw_split(images, "zoo", name, [name], training=30, queries=8, seen_queries=9, seed=0)
        write_split(tmp_path / f"{name}.json", split, images)
    return tmp_path, features, images


def command(monkeypatch, folder):
    arguments = ["--output", "out.csv", "--features", "features", "--images", "images.csv"]
    arguments += ["--dataset-card", "dataset.json"]
    arguments += [
        "--semantics-name",
        "words",
        "--seed",
        "4",
        "--splits",
        "bee.json",
        "doe.json",
    ]
    monkeypatch.chdir(folder)
    no_coding.main(arguments)


def test_command(files, monkeypatch):
    folder, features, images = files
    command(monkeypatch, folder)
    first = (folder / "out.csv").read_bytes()
    scores = read_scores(folder / "out.csv", METHOD_COLUMNS)
    assert scores["bits"].isna().all() and set(scores["seed"]) == {4} and set(scores["method"]) == {"cosine"}
    assert set(scores["dataset"]) == {"zoo"} and set(scores["backbone"]) == {"net"}
    assert all(
        note.startswith('["a note of the dataset", "a note of the backbone", ') for note in scores["notes"]
    )
    value = scores.set_index(["split", "metric", "class"])["value"]
    rows, labels = unit(features), images["class_id"].to_numpy()
    for name, class_id in (("bee", 1), ("doe", 4)):
        split = json.loads((folder / f"{name}.json").read_text())
        parts = {part: np.array(split[part]) for part in ("queries", "database", "seen_queries")}
        queries, database, seen = parts["queries"], parts["database"], parts["seen_queries"]
        by_hand = cosine_average_precision(rows[queries], labels[queries], rows[database], labels[database])
        assert value[name, "mAP", ""] == pytest.approx(by_hand.mean(), abs=1e-6)
        assert value[name, "mAP", name] == value[name, "mAP", ""]
        assert set(labels[queries]) == {class_id}
        by_hand = [
            cosine_average_precision(
                rows[[i]], labels[[i]], *(part[database[database != i]] for part in (rows, labels))
            )
            for i in seen
        ]
        assert value[name, "seen_mAP", ""] == pytest.approx(np.mean(by_hand), abs=1e-6)
    command(monkeypatch, folder)
    assert (folder / "out.csv").read_bytes() == first


def test_a_zero_row_stays_zero_and_others_have_unit_length():
    rows = no_coding._unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([1, 0]))
    np.testing.assert_allclose(rows, [[0, 0], [0.6, 0.8]], rtol=1e-6)
    assert rows.dtype == np.float32


def test_copies_of_unseen_images_are_told_beside_the_numbers_of_their_split(files, monkeypatch):
    folder, _, images = files
    ants, bees = (np.flatnonzero(images["class_name"] == name) for name in ("ant", "bee"))
    images.loc[ants[:2], "content"] = images.loc[bees[:2], "content"].to_numpy()
    write_images(folder / "images.csv", images)
    for name in ("bee", "doe"):
        split = draw_split(images, "zoo", name, [name], training=30, queries=8, seen_queries=9, seed=0)
        write_split(folder / f"{name}.json", split, images)
    command(monkeypatch, folder)
    scores = read_scores(folder / "out.csv", METHOD_COLUMNS)
    told = scores["notes"].str.contains("exact copy in an unseen class, in split bee of zoo: 2;")
    assert set(scores.loc[told, "split"]) == {"bee"} and set(scores.loc[~told, "split"]) == {"doe"}
