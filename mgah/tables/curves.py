"""Precision and recall over the Hamming radius of every cell (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits``, ``radius`` int64, a row for every radius 0..bits; ``precision``, ``recall`` and ``empty_share``, the share of
queries with nothing within the radius: float64, means over the queries of unseen classes
(`mgah.metrics.from_counts.precision_recall`), written so that they read back bit for bit, ``nan`` where no query has a
relevant item.
"""

from mgah.tables.format import RUN_TYPES, TableFormat, not_shares
from mgah.tables.keys import RUN_KEY

KEY = (*RUN_KEY, "radius")
VALUES = ("precision", "recall", "empty_share")
CURVES = TableFormat(
    name="curves",
    columns=RUN_TYPES | {"radius": int} | dict.fromkeys(VALUES, float),
    key=KEY,
    order=KEY,
    optional=VALUES,
    missing="nan",
    check=lambda curves: not_shares(curves, VALUES),
)
COLUMNS = tuple(CURVES.columns)
write_curves, read_curves = CURVES.write, CURVES.read
