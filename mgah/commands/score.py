"""``mgah score``: all metrics of codes and labels."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

#: What each score is.
WORDS = {
    "mAP": "mean average precision, expected over the order of equal distances",
    "mAP_min": "the worst order of equal distances",
    "mAP_max": "the best one",
    "mAP_stable": "equal distances in the order of the database",
    "chance_mAP": "mAP of a random ranking",
    "seen_mAP": "mAP of queries of seen classes",
    "harmonic_mean": "of mAP and seen_mAP",
    "P@H": "precision within the radius, 0 where nothing is",
    "P@H_nonempty": "where something is",
    "seen_P@H": "of queries of seen classes",
    "empty_ball_share": "queries with nothing within the radius",
    "bit_balance": "0 for balanced bits, 1 for constant ones",
    "undefined_queries": "queries without a relevant item",
}


def score(
    codes: Annotated[
        Path,
        Argument(
            metavar="CODES",
            help="A run's codes file, codes of mgah encode (.npz), an array (.npy), or a table (.csv).",
        ),
    ],
    labels: Annotated[
        Path | None,
        Option(
            help="Labels: .npy, .npz with labels, or .csv with label. With names (.npz) or name (.csv) they are "
            "matched to the codes' names, else by their order. By default those in CODES, or the class folders of "
            "the images.",
            show_default=False,
        ),
    ] = None,
    queries: Annotated[
        Path | None,
        Option(
            help="Codes of queries. By default each item is searched for among the others.",
            show_default=False,
        ),
    ] = None,
    query_labels: Annotated[Path | None, Option(help="Labels of the queries.")] = None,
    bits: Annotated[
        int | None, Option(help="Code length of packed codes in .npy, of queries as well.", min=1)
    ] = None,
    radius: Annotated[int, Option(help="Radius r of P@H<=r.", min=0)] = 2,
    json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score codes by labels: mAP, precision within a Hamming radius, and what ties do to them.

    A run's codes file has queries, seen queries and labels in itself, and its radius is 2. Arrays hold -1 and +1, 0
    and 1, booleans, or floating-point numbers whose signs are the code; tables a column code, a text of 0 and 1.

    Examples: mgah score results/small/codes/.../16.npz; mgah score photos.npz --labels labels.csv
    """
    from json import dumps
    from math import isnan
    from re import sub

    scores = _scores(codes, labels, queries, query_labels, bits, radius)
    if json:
        print(dumps({name: None if isnan(value) else value for name, value in scores.items()}, indent=2))
        return
    for name, value in scores.items():
        print(f"{name:18}  {value:7.4f}  {WORDS[sub('<=[0-9]+', '', name)]}")


def _scores(
    codes: Path,
    labels: Path | None,
    queries: Path | None,
    query_labels: Path | None,
    bits: int | None,
    radius: int,
) -> dict[str, float]:
    from mgah.encoding.codes_file import is_of_run
    from mgah.errors import InputError
    from mgah.evaluation.code_files import read_side, score_sides
    from mgah.evaluation.rows import METRICS
    from mgah.evaluation.score import score_codes
    from mgah.methods.codes import read_codes

    if is_of_run(codes):
        if labels or queries or query_labels or bits or radius != 2:
            raise InputError(
                f"{codes} is of a run, which has labels and queries in itself: leave the options out"
            )
        values, _ = score_codes(read_codes(codes))
        found = {value.metric: value.value for value in values if not value.class_name}
        return {name: found[name] for name in METRICS}
    if query_labels and not queries:
        raise InputError("--query-labels are of --queries, which are not given")
    database = read_side(codes, labels, bits)
    asked = read_side(queries, query_labels, bits, database) if queries else None
    return score_sides(database, asked, radius)
