"""The order in which the rows of a table, and the curves of a figure, stand."""

from collections.abc import Sequence

import pandas as pd

from mgah.report.style import method_order


def in_method_order(
    frame: pd.DataFrame, before: Sequence[str] = (), after: Sequence[str] = ()
) -> pd.DataFrame:
    """The rows of ``frame`` by the columns ``before``, then by `method_order`, then by the columns ``after``.

    Rows that are equal in all of these keep their order, and every row its index.
    """
    keyed = frame.assign(method_order=frame["method"].map(method_order))
    return keyed.sort_values([*before, "method_order", *after], kind="stable").drop(columns="method_order")
