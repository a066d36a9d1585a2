"""What a page begins with: the answer in sentences, and one picture."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mgah.report.page.findings import findings, headline
from mgah.report.page.images import drawn
from mgah.report.page.overview import TITLE, overview, words
from mgah.report.page.render import Lead


def lead(folder: Path, tables: Iterable[str], scores: pd.DataFrame) -> Lead:
    """Sentences and picture of the run ``folder``, whose outputs are ``tables``."""
    shown = headline(scores)
    told = findings(folder, tables, shown)
    figure = overview(shown)
    if figure is None:
        return Lead(told)
    return Lead(told, drawn(figure), TITLE, words(shown, figure))
