"""What the paper claims, and where; `mgah.report.paper.judging` decides whether it holds."""

from mgah.report.paper.judging import (
    AboveClaim,
    Claim,
    FallClaim,
    GrowthClaim,
    HighestClaim,
    OrderClaim,
    TrendClaim,
    judge_all,
    judge_most,
)
from mgah.report.paper.line_up import RIVAL
from mgah.report.paper.variants import COMPONENTS, FIXED_MARGINS
from mgah.report.style import METRICS

#: Code length above which the paper's precision in the Hamming ball falls.
TURN = 32
#: The λ above which the paper's mAP falls.
PEAK = 0.4
_BALL = METRICS["P@H<=2"]


def largest_and_smallest(swept: list[float]) -> tuple[float, float]:
    """The ends of ascending values, the largest first."""
    return swept[-1], swept[0]


def peak_and_largest(swept: list[float]) -> tuple[float, float]:
    """The value nearest to `PEAK`, and the largest."""
    return min(swept, key=lambda value: abs(value - PEAK)), swept[-1]


CLAIMS: tuple[Claim, ...] = (
    AboveClaim("highest_map", "MGAH has the highest mAP at every code length", "Table 1", None, judge_all),
    OrderClaim("order", "The methods stand in the paper's order", "Table 1", "table1"),
    GrowthClaim("length", "mAP grows with the code length", "Table 1", "mAP"),
    AboveClaim("above_doph", "MGAH is above DOPH in most cases", "Table 2", (RIVAL,), judge_most),
    AboveClaim(
        "components",
        "Each component helps: MGAH is above MGAH-1 to MGAH-5",
        "Table 3",
        COMPONENTS,
        judge_all,
    ),
    AboveClaim(
        "margin",
        "A growing margin is above every fixed one (β = 1 to 5)",
        "Table 3",
        FIXED_MARGINS,
        judge_all,
    ),
    HighestClaim(
        "highest_precision",
        f"MGAH has the highest {_BALL} in most cases",
        "Figure 3",
        "P@H<=2",
        judge_most,
    ),
    FallClaim("ball", f"{_BALL} falls above {TURN} bits", "Figure 3", "P@H<=2", TURN),
    TrendClaim("latent", "A small L is poor", "Figure 5", "latent", largest_and_smallest),
    TrendClaim("shortcut", f"mAP falls with λ above {PEAK}", "Figure 5", "lambda_", peak_and_largest),
    TrendClaim(
        "training", "mAP grows with the training images", "Figure 6", "training", largest_and_smallest
    ),
)
