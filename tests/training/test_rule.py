"""The rule that takes one of the candidates of a choice: values by hand."""

import numpy as np
import pytest
from scipy.stats import sem

from mgah.training.rule import best_variant, lead_error


@pytest.mark.parametrize(
    ("found", "taken"),
    [
        ([[0.2, 0.3, 0.4], [0.3, 0.4, 0.5]], 1),  # a lead of 0.1 everywhere, without any noise
        ([[0.2, 0.3, 0.4], [0.5, 0.2, 0.3]], 0),  # 0.033 on average, within a standard error of 0.133
        ([[0.5, 0.5, 0.5], [0.4, 0.4, 0.4]], 0),
        ([[0.2, 0.2, 0.2], [0.3, 0.3, 0.3], [0.4, 0.4, 0.4]], 2),
        # leads of 0 and 0.1: the mean is 0.05, and so is the standard error, but for rounding
        ([[0.2, 0.3], [0.2, 0.4]], 0),
        ([[0.3, 0.2], [0.3, 0.3]], 0),
        ([[0.25, 0.5], [0.25, 0.5]], 0),  # no lead and no noise
    ],
)
def test_the_highest_mean_is_taken_unless_the_default_is_within_noise(found, taken):
    assert best_variant(np.array(found)) == taken


def test_a_lead_is_measured_by_the_noise_of_all_settings_and_not_by_its_own():
    """Where the former rule, one standard error of the best setting's own lead, decided otherwise."""
    default, steady, noisy = [0.2, 0.2], [0.25, 0.26], [0.1, 0.3]
    # leads of 0.05 and 0.06 with the variance 0.00005, and of -0.1 and 0.1 with 0.02
    scores = np.array([default, steady, noisy])
    assert lead_error(scores) == pytest.approx((0.010025 / 2) ** 0.5)  # 0.0708
    assert sem([0.05, 0.06]) == pytest.approx(0.005) and lead_error(scores) > 0.055
    assert best_variant(scores) == 0
    # a lead of -0.05 and 0.25, with the variance 0.045, beside three without noise
    scores = np.array([default, [0.15, 0.45], [0.2, 0.2], [0.21, 0.21], [0.19, 0.19]])
    assert lead_error(scores) == pytest.approx((0.045 / 4 / 2) ** 0.5)  # 0.075
    assert sem([-0.05, 0.25]) == pytest.approx(0.15)
    assert best_variant(scores) == 1, "0.1 is within its own standard error, but not within the pooled one"


def test_on_one_task_the_highest_is_taken():
    assert best_variant(np.array([[0.2], [0.3]])) == 1
    assert best_variant(np.array([[0.2], [0.21], [0.2001]])) == 1


@pytest.mark.parametrize("tasks", [1, 3])
def test_equal_means_go_to_the_default_and_then_to_the_earlier_setting(tasks):
    low, high = [0.1] * tasks, [0.3] * tasks
    assert best_variant(np.array([high, high, low])) == 0
    assert best_variant(np.array([low, high, high])) == 1
    assert best_variant(np.array([low])) == 0, "a default alone"


def test_means_are_equal_whatever_the_order_of_the_tasks():
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 are two numbers in floating point."""
    assert best_variant(np.array([[0.0] * 3, [0.3, 0.2, 0.1], [0.1, 0.2, 0.3]])) == 1
    assert best_variant(np.array([[0.0] * 3, [0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])) == 1
