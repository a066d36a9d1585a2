"""Comparisons (``.csv``), tidy: a reference method with each other one, on the same splits, seeds and queries.

Columns: ``dataset``, ``backbone``, ``semantics``, ``reference``, ``method``, ``bits`` int64, ``split``, empty for all
splits together; ``reference_mAP``, ``mAP``, ``difference`` (reference minus method), means over seeds and queries, and
over splits where there is none named. On those rows also, empty on the others:

- ``low``, ``high``: 95 % interval of the difference; ``splits``, ``won`` (splits on which the reference is above),
  ``seeds`` and ``queries`` (fewest of any split), Int64; ``d_z``, ``p``: see `mgah.metrics.statistics`;
- ``family``: yes or no, whether the comparison is one of those fixed beforehand; ``p_holm`` and ``verdict``, better,
  worse or undecided, of those only; ``reason``: why undecided.
"""

from mgah.tables.format import TableFormat

KEY = ("dataset", "backbone", "semantics", "reference", "method", "bits", "split")
COUNTS = ("splits", "won", "seeds", "queries")
NUMBERS = ("reference_mAP", "mAP", "difference", "low", "high", "d_z", "p", "p_holm")
TEXTS = ("family", "verdict", "reason")
COLUMNS = (*KEY, *NUMBERS[:5], *COUNTS, *NUMBERS[5:7], "family", "p_holm", "verdict", "reason")
VERDICTS = ("better", "worse", "undecided")
_TYPES = dict.fromkeys(("bits", *COUNTS), int) | dict.fromkeys(NUMBERS, float)
#: Numbers to 10 digits: the last ones differ between processors.
COMPARISONS = TableFormat(
    name="comparisons",
    columns={name: _TYPES.get(name, str) for name in COLUMNS},
    key=KEY,
    optional=(*COUNTS, *NUMBERS),
    float_format="%.10g",
)
write_comparisons, read_comparisons = COMPARISONS.write, COMPARISONS.read
