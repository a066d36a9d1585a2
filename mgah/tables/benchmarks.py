"""What every job of a run took (``benchmarks.csv``), tidy: one row a job.

Columns: ``stage``; what names the job in it, empty where it does not apply: ``training``, ``dataset``, ``backbone``,
``semantics``, ``split``, ``method`` str, ``seed`` str; ``seconds`` (wall clock), ``cpu_seconds``, ``peak_mib``
(resident memory), float64, empty where nothing was measured; ``machine`` str, where the table was made.
"""

from mgah.tables.format import TableFormat

NAMES = ("stage", "training", "dataset", "backbone", "semantics", "split", "method", "seed")
NUMBERS = ("seconds", "cpu_seconds", "peak_mib")
BENCHMARKS = TableFormat(
    name="benchmarks",
    columns=dict.fromkeys(NAMES, str) | dict.fromkeys(NUMBERS, float) | {"machine": str},
    key=NAMES,
    optional=NUMBERS,
)
COLUMNS = tuple(BENCHMARKS.columns)
write_benchmarks, read_benchmarks = BENCHMARKS.write, BENCHMARKS.read
