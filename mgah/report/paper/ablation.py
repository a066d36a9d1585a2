"""The scores of an ablation (``ablations.csv``), in the form of `mgah.tables.scores`; no rows for no ablation.

A fixed margin of 1 is the softmax loss, which is MGAH-1: one training, shown as both.
"""

import pandas as pd

from mgah.report.paper.variants import BETA_ONE, SOFTMAX
from mgah.report.style import method_style


def with_beta_one(scores: pd.DataFrame) -> pd.DataFrame:
    """``scores`` with those of MGAH-1 also as those of the fixed margin 1, unless that was trained by itself."""
    if BETA_ONE in set(scores["method"]):
        return scores
    softmax = scores[scores["method"] == SOFTMAX]
    label = method_style(BETA_ONE).label
    return pd.concat([scores, softmax.assign(method=BETA_ONE, label=label)], ignore_index=True)
