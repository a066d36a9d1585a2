"""The tables of growth for a reader: what was measured, exponents, and what a billion codes would need."""

import pandas as pd
from tabulate import tabulate

from mgah.benchmarks.scale.growth import growths
from mgah.benchmarks.scale.searching import N_QUERIES

BILLION = 10**9
_MEASURED = {
    "part": "part",
    "what": "what",
    "size": "size",
    "seconds": "CPU, s",
    "gib": "peak, GiB",
    "before_seconds": "before, s",
    "before_gib": "before, GiB",
    "found": "found",
}


def printed(measured: pd.DataFrame) -> dict[str, str]:
    """Tables in Markdown by name, of the table of measurements: ``measured``, ``growth`` and ``billion``.

    ``billion`` is there where scoring was measured: a query's CPU time by the power law of each engine and in
    proportion to the largest database, and memory in proportion to that.
    """
    laws = growths(measured)
    tables = {"measured": _measurements(measured), "growth": _growth(laws)}
    scoring = measured[measured["part"] == "scoring"]
    return tables | ({"billion": _billion(scoring, laws)} if len(scoring) else {})


def _measurements(measured: pd.DataFrame) -> str:
    formats = ("", "", ",", ".3f", ".2f", ".2f", ".2f", ".4f")
    return _markdown(_dashed(measured[list(_MEASURED)]).to_numpy(), list(_MEASURED.values()), formats)


def _growth(laws: pd.DataFrame) -> str:
    rows = [
        (*row[:5], f"{row[6]} sizes, {row[7]:,} to {row[8]:,}" if row[6] > 1 else "too few sizes")
        for row in _dashed(laws).itertuples(index=False)
    ]
    return _markdown(rows, ["part", "what", "of", "exponent", "± standard error", "rests on"], ".2f")


def _billion(scoring: pd.DataFrame, laws: pd.DataFrame) -> str:
    times = laws[(laws["part"] == "scoring") & (laws["of"] == "time")].set_index("what")
    rows = []
    for engine, measured in scoring.groupby("what", sort=False):
        law, largest = times.loc[engine], measured.loc[measured["size"].idxmax()]
        power = law["coefficient"] * BILLION ** law["exponent"] / N_QUERIES
        growth = BILLION / largest["size"]
        proportion = largest["seconds"] * growth / N_QUERIES
        memory = (largest["gib"] - largest["before_gib"]) * growth
        rows.append((engine, power, proportion, memory, largest["found"]))
    headers = [
        "engine",
        "a query by the power law, s",
        "in proportion, s",
        "memory in proportion, GiB",
        "found",
    ]
    return _markdown(_dashed(pd.DataFrame(rows)).to_numpy(), headers, ("", ".4f", ".4f", ".0f", ".4f"))


def _markdown(rows, headers: list[str], formats: str | tuple[str, ...]) -> str:
    return tabulate(rows, headers, tablefmt="pipe", floatfmt=formats, intfmt=",", missingval="–")


def _dashed(table: pd.DataFrame) -> pd.DataFrame:
    """Missing values as None, which are printed as dashes."""
    return table.astype(object).where(table.notna(), None)
