"""Table 3: MGAH with a part changed or left out, and with fixed margins, beside the published values.

A fixed margin of 1 is the softmax loss, which is MGAH-1: one training, shown in both parts.
"""

import pandas as pd

from mgah.report.aggregate import of_block
from mgah.report.grid import blocks, bold_words, by_length, cells, methods_of, sizes, tidy, trained_words
from mgah.report.outputs.base import Frame, Table
from mgah.report.paper.ablation import notes_with_beta_one, ours_in, with_beta_one
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.notes import TABLE3_NOTES
from mgah.report.paper.published import published
from mgah.report.paper.variants import is_margin
from mgah.report.style import block_label
from mgah.report.wording import PROTOCOL, clean_words, dataset_notes, paper_notes, run_notes, stand_in_words


def build(ablations: pd.DataFrame, reference: pd.DataFrame, ablation_notes: pd.DataFrame) -> Table:
    """Table 3 of ``ablations``, scores of MGAH and its variants, with their notes; see `mgah.report.outputs.base`."""
    scores, entry = with_beta_one(ablations), ours_in(ablations)
    paper = published(reference, "table3", "mAP", scores["backbone"])
    data = cells(scores, paper.assign(method=paper["method"].replace(METHOD, entry)), "mAP")
    margins, growing = data["method"].map(is_margin), data["method"] == entry
    parts = {"components": data[~margins], "margins": data[margins | growing]}
    frames = []
    for block, rows in blocks(scores):
        for part, numbers in parts.items():
            numbers = of_block(numbers, block)
            caption = f"{block_label(*block)}: mAP, {part}\n{sizes(numbers)}; {clean_words(rows)}"
            caption += trained_words(numbers)
            caption += stand_in_words(block[:1], reference)
            if part == "margins":
                label = numbers["label"].mask(numbers["method"] == entry, numbers["label"] + ", β grows")
                numbers = numbers.assign(label=label)
            shown = by_length(numbers, numbers, rows, rivals=True)
            frames.append(Frame(caption, shown, block, methods=methods_of(numbers)))
    of_the_data = (
        *dataset_notes(scores),
        *paper_notes(scores, reference, "table3"),
        *run_notes(scores, notes_with_beta_one(ablation_notes, ablations)),
    )
    return Table(
        "Table 3. MGAH's components and margins: mAP of unseen classes by code length",
        (*PROTOCOL, *TABLE3_NOTES, bold_words(data), *of_the_data),
        tuple(frames),
        tidy(
            pd.concat([rows.assign(part=part) for part, rows in parts.items()], ignore_index=True), ["part"]
        ),
    )
