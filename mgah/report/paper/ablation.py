"""The scores of an ablation (``ablations.csv``), in the form of `mgah.tables.scores`; no rows for no ablation.

A fixed margin of 1 is the softmax loss, which is MGAH-1: one training, shown as both.
"""

from pathlib import Path

import pandas as pd

from mgah.report.paper.variants import BETA_ONE, SOFTMAX
from mgah.report.style import method_style
from mgah.tables.scores import COLUMNS, check_scores, read_rows


def read_ablations(path: Path | str) -> pd.DataFrame:
    """Read and check the scores of an ablation; no rows are those of no ablation. Errors as of `read_scores`."""
    ablations = read_rows(path, COLUMNS)
    check_scores(ablations, path)
    return ablations


def with_beta_one(scores: pd.DataFrame) -> pd.DataFrame:
    """``scores`` with those of MGAH-1 also as those of the fixed margin 1, unless that was trained by itself."""
    if BETA_ONE in set(scores["method"]):
        return scores
    softmax = scores[scores["method"] == SOFTMAX]
    label = method_style(BETA_ONE).label
    return pd.concat([scores, softmax.assign(method=BETA_ONE, label=label)], ignore_index=True)
