"""What the paper claims, and whether it holds here: a verdict a claim and setting, and the numbers behind it.

Where a setting has development splits, on which defaults were chosen, there is a second verdict, without them.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from mgah.report.aggregate import of_block
from mgah.report.grid import blocks
from mgah.report.outputs.base import Frame, Note, Table
from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence
from mgah.report.paper.claims.judging import NOT_RUN
from mgah.report.paper.claims.sentences import CLAIMS
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.notes import CLAIM_NOTES
from mgah.report.paper.published import stand_ins
from mgah.report.style import base_of, block_label, method_style
from mgah.report.valueless import valueless_notes
from mgah.report.wording import (
    MISSING,
    dataset_notes,
    leak_notes,
    notes_of,
    run_notes,
    stand_in_marks,
    without_words,
)
from mgah.tables.comparisons import development_splits
from mgah.tables.keys import SETTING

NOT_CLAIMED = "not claimed"
DEVELOPMENT_NOTE = (
    "Development splits are those on which defaults were chosen, by a look at their unseen classes. Each verdict is "
    "given also without them, by the same rules on the other splits alone: units are then these, or their unseen "
    "classes where there are more. The differences of a claim are flipped together, so that seven splits can still "
    "decide, however many differences there are, with a p of at least 1/64. Claims on graphs are of one batch: their "
    "two verdicts are the same."
)
_COLUMNS = [
    *SETTING,
    *("claim", "text", "source", "claimed", "verdict", "numbers", "without", "verdict_without"),
]
_COLUMNS += ["numbers_without"]


def build(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    ablations: pd.DataFrame,
    sweeps: pd.DataFrame,
    history: pd.DataFrame,
    graphs: pd.DataFrame,
    reference: pd.DataFrame,
    notes: pd.DataFrame,
) -> Table:
    """The claims on ``scores``; see `mgah.report.outputs.base`.

    ``comparisons`` say which entry is judged, and which splits are development splits.
    """
    rows = []
    for block, part in blocks(scores[scores["bits"].notna()]):
        ours = _ours(of_block(comparisons, block))
        if ours in set(part["method"]):
            evidence = Evidence(
                ours=ours,
                scores=part,
                ablations=of_block(ablations, block),
                sweeps=of_block(sweeps, block),
                history=of_block(history, block),
                graphs=of_block(graphs, block),
                reference=reference,
            )
            rows += _rows(block, evidence, development_splits(comparisons, block[0]))
    data = pd.DataFrame(rows, columns=_COLUMNS)
    told: tuple[str | Note, ...] = (
        *CLAIM_NOTES,
        *([DEVELOPMENT_NOTE] if data["without"].any() else []),
        *dataset_notes(scores),
        *leak_notes(scores),
        *valueless_notes(scores),
        *run_notes(scores, notes),
    )
    frames = [_summary(data, reference)]
    for block, part in data.groupby(list(SETTING), sort=False):
        caption = f"{block_label(*block)}\n{stand_in_marks(block[:1], reference)}"
        frames.append(Frame(caption, _details(part), block, notes=notes_of(told, block)))
    if not rows:
        frames = [Frame("No claims", pd.DataFrame({"Claim": [f"{method_style(METHOD).label} was not run"]}))]
    return Table("What the paper claims", told, tuple(frames), data)


def _ours(comparisons: pd.DataFrame) -> str:
    """The entry that stands for the paper's method: the reference of the comparisons, if it is one of its entries."""
    references = [word for word in sorted(set(comparisons["reference"])) if base_of(word) == METHOD]
    return references[0] if references else METHOD


def _rows(block: tuple, evidence: Evidence, development: Sequence[str]) -> list[dict[str, str]]:
    """A row a claim: its verdict on all splits, and where some are ``development`` splits also without them."""
    there = set(evidence.scores["split"])
    left_out = sorted(there & set(development))
    rows = [_row(block, claim, evidence) for claim in CLAIMS]
    if not left_out or there <= set(left_out):
        return [row | dict.fromkeys(("without", "verdict_without", "numbers_without"), "") for row in rows]
    others = evidence.without(left_out)
    found = [claim.judge(others) for claim in CLAIMS]
    return [
        row | {"without": " ".join(left_out), "verdict_without": one.verdict, "numbers_without": one.numbers}
        for row, one in zip(rows, found, strict=True)
    ]


def _row(block: tuple, claim: Claim, evidence: Evidence) -> dict[str, str]:
    finding = claim.judge(evidence)
    claimed = "yes" if claim.speaks_of(block[0], block[1], evidence.reference) else "no"
    return dict(zip(SETTING, block, strict=True)) | {
        "claim": claim.word,
        "text": claim.text,
        "source": claim.source,
        "claimed": claimed,
        "verdict": finding.verdict,
        "numbers": finding.numbers,
    }


def _words(verdicts: Iterable[str], claimed: Iterable[str]) -> list[str]:
    """The verdicts, and whether the paper does not say it of this dataset and backbone."""
    told = {"yes": "{}", "no": f"{{}} ({NOT_CLAIMED})"}
    return [
        NOT_CLAIMED if (verdict, said) == (NOT_RUN, "no") else told[said].format(verdict)
        for verdict, said in zip(verdicts, claimed, strict=True)
    ]


def _scopes(part: pd.DataFrame) -> list[tuple[str, list[str], list[str]]]:
    """What is left out, in words, the verdicts and the numbers: of all splits, and without development splits."""
    left_out = part["without"].iloc[0]
    scopes = [("", _words(part["verdict"], part["claimed"]), part["numbers"].tolist())]
    if left_out:
        verdicts = _words(part["verdict_without"], part["claimed"])
        scopes.append((without_words(left_out.split()), verdicts, part["numbers_without"].tolist()))
    return scopes


def _summary(data: pd.DataFrame, reference: pd.DataFrame) -> Frame:
    """A row a claim, a column a block, and beside it one without development splits where it has some."""
    cells = pd.DataFrame({"Claim": [f"{claim.text} ({claim.source})" for claim in CLAIMS]})
    columns = []
    for block, part in data.groupby(list(SETTING), sort=False):
        for without, verdicts, _ in _scopes(part):
            name = f"{block_label(*block)}{without}"
            cells[name] = verdicts
            if block[0] in stand_ins(reference):
                columns.append(name)
    caption = f"Does it hold?\n{stand_in_marks(sorted(set(data['dataset'])), reference)}"
    return Frame(caption, cells, stand_ins=tuple(columns))


def _details(part: pd.DataFrame) -> pd.DataFrame:
    cells = pd.DataFrame({"Claim": part["text"], "Source": part["source"]})
    for without, verdicts, numbers in _scopes(part):
        cells[f"Verdict{without}"] = verdicts
        cells[f"Numbers{without}"] = [text or MISSING for text in numbers]
    return cells
