"""Rows of a table in the order of their methods."""

import pandas as pd

from mgah.report.order import in_method_order


def test_methods_stand_in_their_order_between_the_columns_before_and_behind():
    methods = ["random_codes", "mgah", "itq", "mgah", "itq"]
    frame = pd.DataFrame({"method": methods, "bits": [8, 16, 8, 8, 8], "block": list("aaaba")})
    assert in_method_order(frame).index.tolist() == [2, 4, 1, 3, 0], "equal rows keep their order"
    assert in_method_order(frame, after=["bits"]).index.tolist() == [2, 4, 3, 1, 0]
    assert in_method_order(frame, before=["block"]).index.tolist() == [2, 4, 1, 0, 3]
    assert in_method_order(frame).columns.tolist() == ["method", "bits", "block"]
    assert in_method_order(frame.head(0)).empty
