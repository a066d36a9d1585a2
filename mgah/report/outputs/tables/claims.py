"""What the paper claims, and whether it holds here: a verdict a claim and setting, and the numbers behind it."""

import pandas as pd

from mgah.report.aggregate import BLOCK, of_block
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
from mgah.report.wording import MISSING, dataset_notes, leak_notes, notes_of, run_notes, stand_in_marks

NOT_CLAIMED = "not claimed"
_COLUMNS = [*BLOCK, "claim", "text", "source", "claimed", "verdict", "numbers"]


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
    """The claims on ``scores``; ``comparisons`` say which entry is judged. See `mgah.report.outputs.base`."""
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
            rows += [_row(block, claim, evidence) for claim in CLAIMS]
    data = pd.DataFrame(rows, columns=_COLUMNS)
    told: tuple[str | Note, ...] = (
        *CLAIM_NOTES,
        *dataset_notes(scores),
        *leak_notes(scores),
        *run_notes(scores, notes),
    )
    frames = [_summary(data, reference)]
    for block, part in data.groupby(list(BLOCK), sort=False):
        caption = f"{block_label(*block)}\n{stand_in_marks(block[:1], reference)}"
        frames.append(Frame(caption, _details(part), block, notes=notes_of(told, block)))
    if not rows:
        frames = [Frame("No claims", pd.DataFrame({"Claim": [f"{method_style(METHOD).label} was not run"]}))]
    return Table("What the paper claims", told, tuple(frames), data)


def _ours(comparisons: pd.DataFrame) -> str:
    """The entry that stands for the paper's method: the reference of the comparisons, if it is one of its entries."""
    references = [word for word in sorted(set(comparisons["reference"])) if base_of(word) == METHOD]
    return references[0] if references else METHOD


def _row(block: tuple, claim: Claim, evidence: Evidence) -> dict[str, str]:
    finding = claim.judge(evidence)
    claimed = "yes" if claim.speaks_of(block[0], block[1], evidence.reference) else "no"
    return dict(zip(BLOCK, block, strict=True)) | {
        "claim": claim.word,
        "text": claim.text,
        "source": claim.source,
        "claimed": claimed,
        "verdict": finding.verdict,
        "numbers": finding.numbers,
    }


def _words(row: pd.Series) -> str:
    """The verdict, and whether the paper does not say it of this dataset and backbone."""
    if row["claimed"] == "yes":
        return row["verdict"]
    return NOT_CLAIMED if row["verdict"] == NOT_RUN else f"{row['verdict']} ({NOT_CLAIMED})"


def _summary(data: pd.DataFrame, reference: pd.DataFrame) -> Frame:
    """A row a claim, a column a block."""
    cells = pd.DataFrame({"Claim": [f"{claim.text} ({claim.source})" for claim in CLAIMS]})
    columns = []
    for block, part in data.groupby(list(BLOCK), sort=False):
        cells[block_label(*block)] = [_words(row) for _, row in part.iterrows()]
        if block[0] in stand_ins(reference):
            columns.append(block_label(*block))
    caption = f"Does it hold?\n{stand_in_marks(sorted(set(data['dataset'])), reference)}"
    return Frame(caption, cells, stand_ins=tuple(columns))


def _details(part: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Claim": part["text"],
            "Source": part["source"],
            "Verdict": [_words(row) for _, row in part.iterrows()],
            "Numbers": [numbers or MISSING for numbers in part["numbers"]],
        }
    )
