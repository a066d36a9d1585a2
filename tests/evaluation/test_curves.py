"""Precision and recall over the radius: against raw codes, file format, command line."""

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.evaluation import __main__ as evaluation
from mgah.evaluation import curves
from mgah.methods.codes import Codes, pack, write_codes
from mgah.tables.curves import COLUMNS, read_curves, write_curves

NAMES = ("a", "b", "c")
CELL = {"dataset": "d", "backbone": "b", "semantics": "s", "split": "t", "method": "m", "label": "M, new"}


def call(stage, *arguments):
    stage.main(list(map(str, arguments)))


def write_cell(path, generator, random_codes, n_bits, seed):
    """A cell of 12 queries and 40 images; returns its codes and labels."""
    codes, labels = random_codes(generator, 52, n_bits)
    labels[:12] = np.arange(12) % 2  # the database has images of both
    labels[12:14] = 0, 1
    write_codes(
        path,
        Codes(
            query_codes=pack(codes[:12]),
            query_ids=np.arange(12),
            query_labels=labels[:12],
            database_codes=pack(codes[12:]),
            database_ids=np.arange(12, 52),
            database_labels=labels[12:],
            seen_query_ids=np.array([20]),
            class_names=NAMES,
            n_bits=n_bits,
            cell=CELL | {"bits": n_bits, "seed": seed, "trained": "frozen features", "notes": []},
        ),
    )
    return codes[:12], labels[:12], codes[12:], labels[12:]


def slow_curve(queries, query_labels, codes, labels, radius):
    """Precision, recall and empty share at one radius, ball by ball."""
    precision, recall, empty = [], [], []
    for query, label in zip(queries, query_labels, strict=True):
        ball = [other for code, other in zip(codes, labels, strict=True) if (code != query).sum() <= radius]
        precision.append(np.mean([other == label for other in ball]) if ball else 0)
        recall.append(sum(other == label for other in ball) / sum(labels == label))
        empty.append(not ball)
    return np.mean(precision), np.mean(recall), np.mean(empty)


@pytest.mark.slow
def test_the_command_gives_the_curves_of_raw_codes(tmp_path, random_codes):
    generator = np.random.default_rng(0)
    raw = {
        (n_bits, seed): write_cell(tmp_path / f"{n_bits}-{seed}.npz", generator, random_codes, n_bits, seed)
        for n_bits in (5, 17)
        for seed in (0, 1)
    }
    scores, counts, output = tmp_path / "s.csv", tmp_path / "s.counts.npz", tmp_path / "curves.csv"
    files = [tmp_path / f"{n_bits}-{seed}.npz" for n_bits, seed in raw]
    call(evaluation, "score", "--output", scores, "--counts", counts, *files)
    call(curves, "--counts", counts, "--scores", scores, "--output", output)
    table = read_curves(output)
    assert len(table) == 2 * (6 + 18) and set(table["label"]) == {"M, new"}
    assert (table["empty_share"] > 0).any()
    for row in table.itertuples():
        expected = slow_curve(*raw[row.bits, row.seed], row.radius)
        assert (row.precision, row.recall, row.empty_share) == pytest.approx(expected, abs=1e-12)
    last = table[table["radius"] == table["bits"]]
    assert (last["recall"] == 1).all()

    with pytest.raises(InputError, match="got 1 counts files and 2 score files"):
        call(curves, "--counts", counts, "--scores", scores, scores, "--output", output)


@pytest.mark.slow
def test_counts_of_other_cells_than_the_scores_are_an_error(tmp_path, random_codes):
    generator = np.random.default_rng(0)
    for seed in (0, 1):
        write_cell(tmp_path / f"{seed}.npz", generator, random_codes, 5, seed)
        files = ("--output", tmp_path / f"{seed}.csv", "--counts", tmp_path / f"{seed}.counts.npz")
        call(evaluation, "score", *files, tmp_path / f"{seed}.npz")
    mixed = ("--counts", tmp_path / "0.counts.npz", "--scores", tmp_path / "1.csv")
    with pytest.raises(InputError, match="hold the cell d/b/s/t/m/5/0, of which scores"):
        call(curves, *mixed, "--output", tmp_path / "curves.csv")
    assert not (tmp_path / "curves.csv").exists()


def test_values_read_back_bit_for_bit_and_in_one_order(tmp_path):
    rows = [
        (*CELL.values(), 0, 5, radius, 1 / (3 + radius), np.nan if radius else 0.1, 0.2)
        for radius in range(6)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    write_curves(tmp_path / "a.csv", table)
    write_curves(tmp_path / "b.csv", table.iloc[::-1])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    pd.testing.assert_frame_equal(read_curves(tmp_path / "a.csv"), table, check_exact=True)
    pd.concat([table, table]).to_csv(tmp_path / "twice.csv", index=False)
    (tmp_path / "other.csv").write_text("dataset,bits\nd,8\n")
    for name in ("twice", "other", "none"):
        with pytest.raises(InputError, match=f"curves .*{name}.csv .*remove it and run again"):
            read_curves(tmp_path / f"{name}.csv")
