"""The answer in sentences, with which the page begins: what leads in each setting, and which claims hold there."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mgah.evaluation.reference_lines import NO_CODING
from mgah.report.aggregate import of_block, summarize
from mgah.report.answer import sentences
from mgah.report.full import fewer_words, full_size
from mgah.report.grid import at_length
from mgah.report.order import in_method_order
from mgah.report.paper.claims.sentences import CLAIMS
from mgah.report.paper.line_up import METHOD
from mgah.report.publish import read_table
from mgah.report.style import base_of, block_label, headline_bits, is_control
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split
from mgah.words import counted

#: Verdicts that are told, in this order.
VERDICTS = ("holds", "fails", "undecided")
#: Words of those claims that are sentences of the paper.
_OF_PAPER = frozenset(claim.word for claim in CLAIMS if claim.of_paper)


def headline(scores: pd.DataFrame) -> pd.DataFrame:
    """mAP of each setting at its headline length, and of what has no codes, by `mgah.report.aggregate.summarize`.

    The column ``fewer`` says what a cell on fewer splits or seeds than a full one of its setting has; it is not ranked.
    """
    summary = summarize(whole_split(scores, "mAP")).assign(fewer="")
    kept = []
    for block, part in summary.groupby(list(SETTING), sort=True):
        lengths = part["bits"].dropna()
        here = at_length(part, None if lengths.empty else headline_bits(lengths))
        size = full_size(here, of_block(scores, block)["split"].nunique())
        kept.append(here.assign(fewer=[fewer_words(cell, size) for _, cell in here.iterrows()]))
    return pd.concat(kept) if kept else summary


def findings(folder: Path, outputs: Iterable[str], shown: pd.DataFrame) -> list[str]:
    """Sentences, each a line of Markdown: the answer on a lead end to end where the run has one, then each setting.

    Args:
        folder: the run, whose tables ``significance``, ``contrasts`` and ``claims`` are read.
        outputs: names of its tables.
        shown: `headline` of its scores.
    """
    outputs = set(outputs)
    claims = _claims(folder) if "claims" in outputs else None
    told = [*sentences(folder)] if {"significance", "contrasts"} <= outputs else []
    for block, part in shown.groupby(list(SETTING), sort=True):
        verdicts = None if claims is None else of_block(claims, block)
        told.append(" ".join(filter(None, (_leader(block, part), _verdicts(verdicts)))))
    return told


def _leader(block: tuple, part: pd.DataFrame) -> str:
    """Which method is best, where the paper's own stands, and what the features give without coding."""
    coded = part[part["bits"].notna() & part["mean"].notna() & ~part["method"].map(is_control).astype(bool)]
    lengths = part["bits"].dropna()
    if lengths.empty:
        return f"**{block_label(*block)}:** no method with codes was run."
    size = f"{int(lengths.iloc[0])} bits"
    if coded.empty:
        return f"**{block_label(*block)}** ({size}): no method but controls has mAP at this length."
    ranked = coded[coded["fewer"] == ""].sort_values(["mean", "method"], ascending=[False, True])
    size += "" if ranked.empty else f", {counted(int(ranked['splits'].iloc[0]), 'split')}"
    text = f"**{block_label(*block)}** ({size}): {_best(ranked, len(coded) == 1)}"
    plain = part[part["method"] == NO_CODING]
    text += f"; the features without coding give {_value(plain.iloc[0])}" if len(plain) else ""
    return f"{text}.{_not_ranked(coded)}"


def _best(ranked: pd.DataFrame, alone: bool) -> str:
    """The best of the methods ``ranked``, and what stands beside it; ``alone`` where no other has this length."""
    if ranked.empty:
        return "no method was run at this length on all splits and seeds of this setting"
    best = ranked.iloc[0]
    if len(ranked) == 1:
        where = "at this length" if alone else "at this length on all splits and seeds"
        return f"{best['label']}, the one method {where}, has {_value(best)} mAP"
    return f"**{best['label']}** has the highest mAP, {_value(best)}{_beside_the_best(ranked)}"


def _not_ranked(coded: pd.DataFrame) -> str:
    """Which methods are on fewer splits or seeds, a sentence with a space before it; empty where none is."""
    fewer = in_method_order(coded[coded["fewer"] != ""])
    names = [f"{label}{words}" for label, words in zip(fewer["label"], fewer["fewer"], strict=True)]
    return f" On fewer splits or seeds, and so not ranked: {', '.join(names)}." if names else ""


def _beside_the_best(order: pd.DataFrame) -> str:
    """The best of the others where the paper's own method leads ``order``, else the place of the paper's own in it."""
    own = order["method"].map(base_of) == METHOD
    others = order[~own]
    if not own.any() or others.empty:
        return ""
    if own.iloc[0]:
        return f"; the best of the others is {others.iloc[0]['label']}, {_value(others.iloc[0])}"
    place = order["method"].tolist().index(order.loc[own, "method"].min())
    row = order.iloc[place]
    return f"; {row['label']} has {_value(row)}, place {place + 1} of {len(order)}"


def _value(row: pd.Series) -> str:
    reach = row["high"] - row["mean"]
    return f"{row['mean']:.3f}" + (f" ± {reach:.3f}" if pd.notna(reach) else "") + row["fewer"]


def _claims(folder: Path) -> pd.DataFrame:
    return read_table(folder, "claims", (*SETTING, "claim", "claimed", "verdict"), keep_default_na=False)


def _verdicts(claims: pd.DataFrame | None) -> str:
    """How many of the paper's claims hold here, of those that were tried, and how many of the sentences beyond them."""
    if claims is None or claims.empty:
        return ""
    tried = claims[claims["verdict"].isin(VERDICTS)]
    own = (tried["claimed"] == "yes") & tried["claim"].isin(_OF_PAPER)
    kinds = {("claim", "of the paper"): own, ("sentence", "beyond the claims of the paper"): ~own}
    told = (_tally(*words, tried.loc[rows, "verdict"]) for words, rows in kinds.items())
    return " ".join(filter(None, told))


def _tally(thing: str, which: str, verdicts: pd.Series) -> str:
    """A sentence on the ``verdicts`` of so many things of one kind that were tried; empty for none."""
    counts = verdicts.value_counts()
    parts = [f"{counts[word]} {_word(word, counts[word])}" for word in VERDICTS if word in counts]
    was = "was" if len(verdicts) == 1 else "were"
    tried = f"Of {counted(len(verdicts), thing)} {which} that {was} tried here"
    return f"{tried}, {', '.join(parts)}." if parts else ""


def _word(verdict: str, count: int) -> str:
    if verdict == "undecided":
        return "undecided"
    return verdict if count == 1 else {"holds": "hold", "fails": "fail"}[verdict]
