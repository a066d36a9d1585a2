"""``python -m mgah.evaluation.asymmetric``: rank codes by the asymmetric distance of real query values to their bits.

The distance is sum_k |sigmoid(o_k) - b_k| for outputs o of a query, whose signs are its code, and bits b of an item
(see `mgah.metrics.asymmetric`). Outputs come from the stored models, so that nothing is trained again. A method whose
code is not the signs of real outputs has no such distance, and no rows.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.backbones.store import read_features
from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.cells import read_cell, unseen_classes
from mgah.evaluation.rows import Value, score_rows
from mgah.methods.base import HashingMethod, signs
from mgah.methods.codes import Codes, pack
from mgah.methods.models import load_model
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.metrics.asymmetric import asymmetric_average_precision
from mgah.metrics.from_counts import mean_defined
from mgah.tables.leaks import read_marks_by_class
from mgah.tables.measures import MEASURES, asymmetric_map_at, write_measures
from mgah.tables.scores import COLUMNS

#: Share of the queries' bits that a model may make differently, where another processor rounds an output to the other
#: side of 0; another model's bits differ in about half.
ROUNDED = 0.01
#: Queries that are encoded at a time.
_ROWS = 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the measures of all codes files."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.asymmetric", description=__doc__)
    parser.add_argument("--ranks", nargs="*", type=int, default=[], help="each R of mAP@R, beside mAP")
    parser.add_argument("--store", required=True, help="folder of the rows that the models encode")
    parser.add_argument("--codes", required=True, nargs="+", type=Path, help="codes files (.npz)")
    parser.add_argument(
        "--models", required=True, nargs="+", type=Path, help="the model of each codes file (.safetensors)"
    )
    parser.add_argument("--device", default="auto", help="device of methods that take one")
    parser.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    parser.add_argument("--output", required=True, type=Path, help="table of measures to write (.csv)")
    given = parser.parse_args(arguments)
    if len(given.codes) != len(given.models):
        parser.error(
            f"--codes has {len(given.codes)} files and --models {len(given.models)}, expected as many"
        )
    leaks, rows = read_marks_by_class(given.leaks), read_features(given.store)[0]
    tables = [MEASURES.rows([])]
    pairs = zip(given.codes, given.models, strict=True)
    for path, model in tqdm(list(pairs), desc="measure", unit="cell", disable=None):
        codes, method = read_cell(path), load_model(model)
        if not isinstance(method, SignsOfOutputs):
            continue
        try:
            values = measured(codes, outputs_of_queries(method, codes, rows, given.device), given.ranks)
        except InputError as error:
            raise InputError(f"model {model}, codes file {path}: {error}") from error
        tables.append(score_rows(codes.cell, values, unseen_classes(codes), leaks)[list(COLUMNS)])
    write_measures(given.output, pd.concat(tables[1:] or tables, ignore_index=True))


def outputs_of_queries(
    method: SignsOfOutputs, codes: Codes, rows: np.ndarray, device: str = "auto"
) -> np.ndarray:
    """Compute the outputs of the cell's queries, float (queries, n_bits).

    Args:
        method: the fitted method that made ``codes``.
        codes: the cell's codes.
        rows: what the method encodes, of all images of the dataset, as `HashingMethod.encode` takes them.
        device: device of methods that take one.

    Raises:
        InputError: for rows that lack an image, or outputs whose signs are not the queries' codes.
    """
    if codes.query_ids.max(initial=-1) >= len(rows):
        raise InputError(
            f"the queries have ids up to {codes.query_ids.max()}, and the store {len(rows)} images"
        )
    _use(method, device)
    places = [codes.query_ids[start : start + _ROWS] for start in range(0, len(codes.query_ids), _ROWS)]
    outputs = np.concatenate([np.empty((0, method.n_bits)), *(method.outputs(rows[ids]) for ids in places)])
    made = pack(signs(outputs))
    if made.shape != codes.query_codes.shape:
        raise InputError(f"the model has {method.n_bits} bits and the codes {codes.n_bits}, expected as many")
    different = int(np.bitwise_count(made ^ codes.query_codes).sum()) / max(outputs.size, 1)
    if different > ROUNDED:
        raise InputError(
            f"the model makes {different:.1%} of the queries' bits differently, expected the model and the rows that "
            "made the codes: fit it again"
        )
    return outputs


def _use(method: HashingMethod, device: str) -> None:
    if "device" in method.get_params():
        method.set_params(device=device)


def measured(codes: Codes, outputs: np.ndarray, ranks: Sequence[int]) -> list[Value]:
    """Return mAP of the asymmetric distance, and mAP of the first R ranks for each R of ``ranks``.

    Args:
        codes: the cell's codes.
        outputs: of its queries, float (queries, n_bits).
        ranks: each R of mAP@R.

    Raises:
        InputError: for a rank that is no integer of 1 or more.
    """
    found = asymmetric_average_precision(
        np.tanh(outputs.astype(np.float64) / 2),
        codes.query_labels,
        codes.database_codes,
        codes.database_labels,
        (None, *ranks),
    )
    names = [asymmetric_map_at(rank) for rank in (None, *ranks)]
    return [Value(name, "", mean_defined(values)[0]) for name, values in zip(names, found, strict=True)]


if __name__ == "__main__":
    run(main)
