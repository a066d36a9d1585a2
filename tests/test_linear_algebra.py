"""The sign of vectors that are defined up to their sign."""

import numpy as np

from mgah.linear_algebra import with_positive_peaks


def test_the_entry_of_largest_size_becomes_positive_and_the_first_of_two_decides():
    vectors = np.array([[1.0, -2.0, 0.5], [-3.0, 2.0, 0.25]], dtype=np.float32)
    found = with_positive_peaks(vectors)
    assert found.tolist() == [[-1, 2, 0.5], [3, -2, 0.25]]
    assert found.dtype == np.float32 and vectors[1, 0] == -3, "dtype and argument are kept"
