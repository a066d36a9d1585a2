"""Findings of claims on made tables whose verdicts are known."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from mgah.report.outputs.tables.claims import build
from mgah.report.paper.line_up import BASELINES, PAPER_BITS
from mgah.tables.graphs import COLUMNS as GRAPH_COLUMNS

SPLITS = [str(i) for i in range(10)]


@pytest.fixture
def judge(make_scores, make_comparisons, make_sweeps, make_history, reference, notes) -> Callable[..., dict]:
    """Verdict and numbers of each claim by its word, of rows that name what differs from the defaults."""

    def judged(
        scores: Sequence[Mapping],
        ablations: Sequence[Mapping] = (),
        sweeps: Sequence[Mapping] = (),
        history: Sequence[Mapping] = (),
        graphs: pd.DataFrame | None = None,
        trained: Mapping[str, str] | None = None,
        comparisons: Sequence[Mapping] = (),
    ) -> dict[str, tuple[str, str]]:
        table = make_scores(*scores)
        if trained:
            table = table.assign(trained=table["method"].map(trained).fillna(""))
        studied = make_scores(*ablations) if ablations else table[:0]
        none = pd.DataFrame(columns=list(GRAPH_COLUMNS)) if graphs is None else graphs
        data = build(
            table,
            make_comparisons(*comparisons),
            studied,
            make_sweeps(*map(dict, sweeps)),
            make_history(*history),
            none,
            reference,
            notes,
        ).data
        return dict(zip(data["claim"], zip(data["verdict"], data["numbers"], strict=True), strict=True))

    return judged


@pytest.fixture
def runs() -> Callable[..., list[dict]]:
    """Rows of one method: ``values`` by code length, on ten splits that differ in level, with a little noise each."""

    def made(
        method: str, values: Mapping[int, float], metric: str = "mAP", noise: float = 0.002, **more
    ) -> list[dict]:
        drawn = np.random.default_rng(sum(map(ord, method + metric)))
        return [
            {"method": method, "bits": bits, "metric": metric, "split": split, **more}
            | {"value": value + 0.01 * place + noise * float(drawn.standard_normal())}
            for bits, value in values.items()
            for place, split in enumerate(SPLITS)
        ]

    return made


@pytest.fixture
def line_up(runs) -> Callable[..., list[dict]]:
    """Rows of MGAH at ``ours`` by code length and of the eight baselines at 0.3, but for ``others``."""

    def made(ours: dict, metric: str = "mAP", **others: dict) -> list[dict]:
        theirs = dict.fromkeys(BASELINES, dict.fromkeys(PAPER_BITS, 0.3)) | others
        return [
            row for word, values in {"mgah": ours, **theirs}.items() for row in runs(word, values, metric)
        ]

    return made
