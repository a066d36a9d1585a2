"""Which classes stand nearest to the queries of unseen classes (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits`` int64; ``top`` int64, how many nearest images are looked at; ``query_class``, ``class`` str; ``unseen`` bool,
whether ``class`` is an unseen class of the split; ``share`` float64, expected share of ``class`` among the nearest
images, mean over the queries of ``query_class``; ``database_share`` float64, its share of the database, which is what
a random order gives. Shares of a query class add up to 1.
"""

from mgah.tables.format import RUN_TYPES, TableFormat, not_shares
from mgah.tables.keys import RUN_KEY

KEY = (*RUN_KEY, "query_class", "class")
CONFUSION = TableFormat(
    name="confusion",
    columns=RUN_TYPES
    | {"top": int, "query_class": str, "class": str, "unseen": bool, "share": float, "database_share": float},
    key=KEY,
    order=KEY,
    float_format="%.6f",
    check=lambda confusion: not_shares(confusion, ("share", "database_share")),
)
COLUMNS = tuple(CONFUSION.columns)
write_confusion, read_confusion = CONFUSION.write, CONFUSION.read
