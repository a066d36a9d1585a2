"""How the trainings of a run went (``history.csv``), tidy: one row an epoch.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` str; ``bits``, ``seed``, ``epoch``
int64, the first epoch is 1; ``loss`` float64, its mean over the epoch; ``beta`` float64, the energy factor of the
epoch (equation 9), nan for a method that has none.
"""

from mgah.tables.format import TableFormat
from mgah.tables.keys import METHOD_KEY

ORDER = (*METHOD_KEY, "bits", "seed", "epoch")
HISTORY = TableFormat(
    name="history",
    columns=dict.fromkeys(METHOD_KEY, str)
    | {"bits": int, "seed": int, "epoch": int, "loss": float, "beta": float},
    key=ORDER,
    optional=("beta",),
)
COLUMNS = tuple(HISTORY.columns)
write_history, read_history = HISTORY.write, HISTORY.read
