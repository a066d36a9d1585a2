"""``mgah score``: the metrics of the project, on codes and labels in every form that it reads."""

import json

import numpy as np
import pandas as pd
import pytest

from mgah.encoding.codes_file import NamedCodes, write_named_codes
from mgah.evaluation.rows import METRICS
from mgah.evaluation.score import score_codes
from mgah.methods.codes import Codes, pack, write_codes
from mgah.metrics import mean_average_precision, precision_at_radius

N, BITS = 24, 10
LABELS = np.array(["cat", "dog", "emu"])[np.arange(N) % 3]


@pytest.fixture(scope="module")
def signs():
    random = np.random.default_rng(0)
    centers = random.integers(0, 2, (3, BITS))
    return (2 * (centers[np.arange(N) % 3] ^ (random.random((N, BITS)) < 0.2)) - 1).astype(np.int8)


@pytest.fixture
def files(signs, tmp_path):
    """The same codes and labels in several forms."""
    names = tuple(f"{label}/{i}.png" for i, label in enumerate(LABELS))
    write_named_codes(tmp_path / "named.npz", NamedCodes(pack(signs), BITS, names))
    np.save(tmp_path / "signs.npy", signs)
    np.save(tmp_path / "bits.npy", signs > 0)
    np.save(tmp_path / "z.npy", signs * 0.3)
    np.save(tmp_path / "packed.npy", pack(signs))
    np.save(tmp_path / "labels.npy", LABELS)
    np.savez(tmp_path / "labels.npz", labels=np.arange(N) % 3)
    pd.DataFrame({"name": names[::-1], "label": LABELS[::-1]}).to_csv(tmp_path / "labels.csv", index=False)
    texts = ["".join("01"[int(bit > 0)] for bit in row) for row in signs]
    pd.DataFrame({"code": texts, "label": LABELS}).to_csv(tmp_path / "table.csv", index=False)
    return tmp_path


def by_hand(signs, score, **options):
    """The mean over items, each searched for among the others."""
    numbers = np.arange(N) % 3
    others = [np.arange(N) != item for item in range(N)]
    values = [
        score(signs[[i]], numbers[[i]], signs[rest], numbers[rest], **options)
        for i, rest in enumerate(others)
    ]
    return np.mean(values)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["named.npz"],
        ["named.npz", "--labels", "labels.csv"],
        ["signs.npy", "--labels", "labels.npy"],
        ["bits.npy", "--labels", "labels.npz"],
        ["z.npy", "--labels", "labels.npy"],
        ["packed.npy", "--labels", "labels.npy", "--bits", BITS],
        ["table.csv"],
    ],
)
def test_every_form_has_the_scores_of_the_metrics(words, mgah, files, signs, monkeypatch):
    monkeypatch.chdir(files)
    found = json.loads(mgah("score", *words, "--radius", 3, "--json"))
    assert found["mAP"] == pytest.approx(by_hand(signs, mean_average_precision))
    assert found["mAP_stable"] == pytest.approx(by_hand(signs, mean_average_precision, ties="stable"))
    assert found["P@H<=3"] == pytest.approx(by_hand(signs, precision_at_radius, radius=3))
    assert found["mAP_min"] < found["mAP"] < found["mAP_max"]


def test_queries_of_their_own_are_ranked_against_the_whole_database(mgah, files, signs, tmp_path):
    np.save(tmp_path / "queries.npy", signs[:5])
    np.save(tmp_path / "own.npy", LABELS[:5])
    words = ["--queries", tmp_path / "queries.npy", "--query-labels", tmp_path / "own.npy"]
    told = mgah("score", files / "table.csv", *words)
    numbers = np.arange(N) % 3
    expected = mean_average_precision(signs[:5], numbers[:5], signs, numbers)
    assert f"mAP                  {expected:.4f}  mean average precision" in told


def test_a_run_s_codes_file_has_the_scores_of_the_run(mgah, signs, tmp_path):
    ids, numbers = np.arange(N), np.arange(N) % 3
    query, rest = numbers == 2, numbers != 2
    packed, seen = pack(signs), ids[rest][:4]
    parts = ([array[side] for array in (packed, ids, numbers)] for side in (query, rest))
    cell = Codes(*next(parts), *next(parts), seen, ("cat", "dog", "emu"), BITS, {})
    write_codes(tmp_path / "10.npz", cell)
    found = json.loads(mgah("score", tmp_path / "10.npz", "--json"))
    expected = {value.metric: value.value for value in score_codes(cell)[0] if not value.class_name}
    assert list(found) == list(METRICS)
    known = {name: value for name, value in expected.items() if not np.isnan(value)}
    assert {name: found[name] for name in known} == known
    assert all(found[name] is None for name in expected.keys() - known.keys())


@pytest.mark.parametrize(
    "words, told",
    [
        (["packed.npy", "--labels", "labels.npy"], "for packed bytes give --bits"),
        (["signs.npy"], "the labels of signs.npy are not known: name their file with --labels"),
        (["signs.npy", "--labels", "table.csv", "--queries", "packed.npy"], "give --bits"),
        (["labels.csv"], "has the columns name, label, expected code"),
        (["signs.npy", "--labels", "none.npy"], "none.npy cannot be read"),
        (["packed.npy", "--labels", "labels.npy", "--bits", 30], "expected 30 bits packed to uint8 (n, 4)"),
        (["table.csv", "--query-labels", "labels.npy"], "are of --queries"),
    ],
)
def test_what_has_no_reading_is_one_sentence(words, told, error, files, monkeypatch):
    monkeypatch.chdir(files)
    assert told in error("score", *words)
