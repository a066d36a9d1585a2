"""Tables of images of arrays of one's own."""

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.splits import images_of

NAMES, ROWS = ["dog", "cat", "dog"], np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])


@pytest.mark.parametrize("way", [pd.DataFrame, list, np.asfortranarray])
def test_rows_in_any_way_give_the_same_table(way):
    pd.testing.assert_frame_equal(images_of(pd.Series(NAMES), way(ROWS)), images_of(NAMES, ROWS))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("way", [list, pd.Series])
def test_names_that_are_missing_are_refused(missing, way):
    with pytest.raises(InputError, match="class names are missing, first of row 1, expected a name a row"):
        images_of(way(["dog", missing, "dog"]), ROWS)


@pytest.mark.parametrize(
    ("names", "rows", "message"),
    [
        (NAMES, [[1.0], [1.0, 2.0], [1.0]], "rows cannot be read as an array"),
        (NAMES, [{}, {}, {}], "rows are objects, expected numbers"),
        (NAMES[:2], ROWS, r"of shape \(2,\) for rows of shape \(3, 2\), expected one name a row"),
        ([], [], r"of shape \(0,\) for rows of shape \(0,\)"),
    ],
)
def test_what_is_no_array_of_rows_with_names_is_refused(names, rows, message):
    with pytest.raises(InputError, match=message):
        images_of(names, rows)
