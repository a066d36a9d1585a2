"""What the paper claims, and whether it holds here: a verdict a claim and dataset, and the numbers behind it."""

import pandas as pd

from mgah.report.aggregate import BLOCK, of_block
from mgah.report.grid import blocks
from mgah.report.outputs.base import Frame, Table
from mgah.report.paper.claims import CLAIMS
from mgah.report.paper.judging import Claim, Evidence
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.notes import CLAIM_NOTES
from mgah.report.paper.published import stand_ins
from mgah.report.style import block_label, method_style
from mgah.report.wording import MISSING, dataset_notes, leak_notes, run_notes, stand_in_marks


def build(
    scores: pd.DataFrame,
    comparisons: pd.DataFrame,
    ablation_comparisons: pd.DataFrame,
    sweeps: pd.DataFrame,
    reference: pd.DataFrame,
    notes: pd.DataFrame,
) -> Table:
    """The claims on ``scores``, the comparisons of line-up and ablation, and sweeps; see `mgah.report.outputs.base`."""
    comparisons = pd.concat([comparisons, ablation_comparisons], ignore_index=True)
    sweeps = sweeps[sweeps["method"] == METHOD]
    rows = []
    for block, part in blocks(scores[scores["bits"].notna()]):
        if METHOD in set(part["method"]):
            swept = of_block(sweeps, block)
            evidence = Evidence(part, _compared(comparisons, block), swept, reference)
            rows += [_row(block, claim, evidence) for claim in CLAIMS]
    data = pd.DataFrame(rows, columns=[*BLOCK, "claim", "text", "place", "verdict", "numbers"])
    frames = [_summary(data, reference)]
    for block, part in data.groupby(list(BLOCK), sort=False):
        caption = f"{block_label(*block)}\n{stand_in_marks(block[:1], reference)}"
        frames.append(Frame(caption, _details(part), block))
    if not rows:
        frames = [Frame("No claims", pd.DataFrame({"Claim": [f"{method_style(METHOD).label} was not run"]}))]
    told = (*CLAIM_NOTES, *dataset_notes(scores), *leak_notes(scores), *run_notes(scores, notes))
    return Table("What the paper claims", told, tuple(frames), data)


def _compared(comparisons: pd.DataFrame, block: tuple) -> pd.DataFrame:
    """Comparisons of the paper's method in one block, over all splits."""
    here = of_block(comparisons, block)
    return here[(here["reference"] == METHOD) & (here["split"] == "")].sort_values(["method", "bits"])


def _row(block: tuple, claim: Claim, evidence: Evidence) -> dict[str, str]:
    finding = claim.judge(evidence)
    names = dict(zip(BLOCK, block, strict=True))
    words = {"claim": claim.word, "text": claim.text, "place": claim.place}
    return names | words | {"verdict": finding.verdict, "numbers": finding.numbers}


def _summary(data: pd.DataFrame, reference: pd.DataFrame) -> Frame:
    """A row a claim, a column a block."""
    cells = pd.DataFrame({"Claim": [f"{claim.text} ({claim.place})" for claim in CLAIMS]})
    columns = []
    for block, part in data.groupby(list(BLOCK), sort=False):
        cells[block_label(*block)] = part["verdict"].tolist()
        if block[0] in stand_ins(reference):
            columns.append(block_label(*block))
    caption = f"Does it hold?\n{stand_in_marks(sorted(set(data['dataset'])), reference)}"
    return Frame(caption, cells, stand_ins=tuple(columns))


def _details(part: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Claim": part["text"],
            "Verdict": part["verdict"],
            "Numbers": [numbers or MISSING for numbers in part["numbers"]],
        }
    )
