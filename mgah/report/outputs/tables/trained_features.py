"""Feature learning apart from coding: other methods on the features of networks that methods have trained."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.metrics.statistics import mean, paired_difference
from mgah.report.aggregate import of_block, summarize
from mgah.report.full import full_size
from mgah.report.grid import bits_words, trained_column, trained_words
from mgah.report.outputs.base import METHOD_COLUMN, Block, Frame, Table
from mgah.report.outputs.tables.significance import interval_text
from mgah.report.style import METRICS, block_label, method_order
from mgah.report.wording import (
    MISSING,
    PROTOCOL,
    dataset_notes,
    estimate,
    interval_words,
    leak_notes,
    run_notes,
    size_words,
)
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split
from mgah.words import counted

NOTES = (
    "How to read it: a row is a network, untrained or as the method of that name has trained it, and the columns are "
    "what is made of its features. A method whose own code is no better than another method fitted on the features of "
    "its network owes its lead over that one on the untrained network to feature learning, not to its way of coding.",
    "Own code: that of the method that trained the network. Refits: methods fitted on the network's features of the "
    "training images. Cosine ranks by the features, without codes. Features are the outputs of the backbone, before "
    "the method's own hidden layer, scaling and hash layer.",
    "The features of the untrained network are those that methods on frozen features read: of the images themselves, "
    "as the backbone prepares them. A network trained end to end reads stored images, squares that another library has "
    "resized, and sees their middle. Where the backbone cuts the middle out as well (center_crop) and images are "
    "squares, a small part of a difference to the untrained network is that; where it sees whole images, more.",
    "Differences: on the same splits, seeds and queries, means over these seeds. The better refit is the one with the "
    "higher value on each split, which is chosen after the fact and so favors it.",
    "Interval: 95 % Student t over splits, or over unseen classes where there are few splits of several (see the table "
    "significance). Won: units above 0. p: two-sided sign flips of the units' differences, exact up to 13 units, "
    "not adjusted for the number of rows.",
)
#: Metrics shown, each in a frame of values and in one of differences.
SHOWN = ("mAP", "P@H<=2")
#: Name of the untrained network in the data, and what people read.
UNTRAINED, UNTRAINED_LABEL = "", "none (untrained network)"
#: What a method makes of the features of the network that it has trained itself; no method can have this name.
OWN = "Own code"
BETTER_LABEL = "the better refit"
_CELL = (*SETTING, "bits", "metric", "network", "label", "coded", "less")
COLUMNS = (*_CELL, "mean", "low", "high", "interval", "splits", "units", "won", "p")


@dataclass(frozen=True)
class _Part:
    """What one block has at one code length.

    Attributes:
        block, bits: which.
        rows: score rows with the column ``network``; own codes have the method `OWN`.
        networks: labels of the networks by name, in the order of print, `UNTRAINED` first.
        coded: labels of what is made of features by name, in the order of print, `OWN` first.
    """

    block: Block
    bits: int
    rows: pd.DataFrame
    networks: dict[str, str]
    coded: dict[str, str]

    def heading(self, what: str) -> str:
        return f"{block_label(*self.block)}: {what}, {bits_words(self.bits)}"

    def trained(self) -> pd.DataFrame:
        """The column ``trained`` of the networks, empty for the untrained one."""
        trained = self.rows.loc[self.rows["network"] != UNTRAINED, ["network", "trained"]]
        found = trained.drop_duplicates("network").set_index("network")
        return found.reindex(list(self.networks), fill_value="")

    def tidy(self, metric: str, found: pd.DataFrame) -> pd.DataFrame:
        """``found`` with the columns that name its block, code length and metric, in the order of `COLUMNS`."""
        place = dict(zip(SETTING, self.block, strict=True)) | {"bits": self.bits, "metric": metric}
        return found.assign(**place).reindex(columns=list(COLUMNS))


def build(trained_features: pd.DataFrame, scores: pd.DataFrame, notes: pd.DataFrame) -> Table:
    """The table of ``trained_features`` and of the ``scores`` of the run; see `mgah.report.outputs.base`."""
    frames, data = [], [pd.DataFrame(columns=list(COLUMNS))]
    for part in _parts(trained_features, scores):
        for metric in [name for name in SHOWN if name in set(part.rows["metric"])]:
            values, differences = _values(part, metric), _differences(part, metric)
            frames += [_value_frame(part, metric, values), _difference_frame(part, metric, differences)]
            data += [part.tidy(metric, values), part.tidy(metric, differences)]
    if not frames:
        cells = pd.DataFrame({METHOD_COLUMN: ["no method's network was asked for"]})
        frames = [Frame("Nothing was scored on trained features", cells)]
    shown = scores.merge(trained_features[list(SETTING)].drop_duplicates(), on=list(SETTING))
    return Table(
        "Feature learning apart from coding",
        (*NOTES, *PROTOCOL, *dataset_notes(shown), *leak_notes(shown), *run_notes(shown, notes)),
        tuple(frames),
        pd.concat([found for found in data if not found.empty] or data, ignore_index=True),
    )


def _parts(trained: pd.DataFrame, scores: pd.DataFrame) -> Iterator[_Part]:
    for (*block, bits), again in trained.groupby([*SETTING, "bits"], sort=True):
        here = of_block(scores, block)
        here = here[here["bits"].isna() | (here["bits"] == bits).fillna(False)]
        here = here[here["split"].isin(again["split"])]
        own = here[here["method"].isin(again["network"])]
        untrained = here[here["method"].isin(again["method"])].assign(network=UNTRAINED)
        networks = _labels(own) | {name: name for name in set(again["network"]) - set(own["method"])}
        coded = _labels(again)
        rows = pd.concat([again, own.assign(network=own["method"], method=OWN), untrained], ignore_index=True)
        yield _Part(
            block=(block[0], block[1], block[2]),
            bits=int(bits),
            rows=rows,
            networks={UNTRAINED: UNTRAINED_LABEL} | networks,
            coded={OWN: OWN} | coded,
        )


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Labels of the methods of ``rows`` by name, in the order of print."""
    labels = dict(zip(rows["method"], rows["label"], strict=True))
    return {name: labels[name] for name in sorted(labels, key=method_order)}


def _values(part: _Part, metric: str) -> pd.DataFrame:
    """One row a network and what is made of its features, run or not; lines without a value of ``metric`` are not."""
    runs = whole_split(part.rows, metric)
    places = [(name, coded) for name in part.networks for coded in part.coded if coded in set(runs["method"])]
    grid = pd.DataFrame(places, columns=["network", "method"])
    grid = grid.merge(summarize(runs, ["network", "method"]), how="left", on=["network", "method"])
    labels, coded = grid["network"].map(part.networks), grid["method"].map(part.coded)
    return grid.assign(label=labels, coded=coded, less="")


def _value_frame(part: _Part, metric: str, values: pd.DataFrame) -> Frame:
    size, trained = full_size(values, part.rows["split"].nunique()), part.trained()
    cells = {METHOD_COLUMN: list(part.networks.values()), **trained_column(trained)}
    for coded, column in values.groupby("coded", sort=False):
        texts = [estimate(cell, *size) for _, cell in column.iterrows()]
        if coded == OWN:
            texts[0] = MISSING  # an untrained network has no code of its own
        cells[coded] = texts
    heading = part.heading(f"{METRICS.get(metric, metric)} by network and coding")
    text = "; ".join(filter(None, (size_words(values), interval_words(values))))
    text += f".{trained_words(trained)}"
    return Frame(f"{heading}\n{text}", pd.DataFrame(cells), part.block, methods=tuple(part.networks))


def _differences(part: _Part, metric: str) -> pd.DataFrame:
    """One row a trained network and difference, of what both sides have in common."""
    rows = part.rows[part.rows["metric"] == metric]
    runs = rows.set_index(["split", "class", "seed"]).groupby(["network", "method"])["value"]
    made = dict(iter(runs))
    none = rows.set_index(["split", "class", "seed"])["value"].iloc[:0]
    found = []
    for network in list(part.networks)[1:]:
        again = {name: made[network, name] for name in part.coded if name != OWN and (network, name) in made}
        refits = [values for name, values in again.items() if name not in REFERENCE_LINES]
        own = made.get((network, OWN), none)
        pairs = [(OWN, BETTER_LABEL, *_beside_better(own, refits))] if refits else []
        for name, values in again.items():
            untrained = made.get((UNTRAINED, name), none)
            if name in REFERENCE_LINES:
                untrained = _with_every_seed(untrained, values)
            pairs.append((name, f"{part.coded[name]}, untrained network", *_means(values, untrained)))
        named = {"network": network, "label": part.networks[network]}
        found += [
            named | {"coded": part.coded[name], "less": less} | _tested(first, second)
            for name, less, first, second in pairs
        ]
    return pd.DataFrame(found)


def _means(*runs: pd.Series) -> list[pd.Series]:
    """Means over seeds of values by (split, class, seed), of those that all of ``runs`` have: by (split, class)."""
    table = pd.concat([values.rename(place) for place, values in enumerate(runs)], axis=1, join="inner")
    return [
        values.groupby(level=["split", "class"]).agg(lambda found: mean(found.tolist())).astype("float64")
        for _, values in table.items()
    ]


def _with_every_seed(line: pd.Series, others: pd.Series) -> pd.Series:
    """The ``line``, which draws nothing and so stands for every seed, with those of ``others`` on its splits."""
    (values,) = _means(line)
    index = others.index[others.index.droplevel("seed").isin(values.index)]
    return pd.Series(values.reindex(index.droplevel("seed")).to_numpy(), index, dtype="float64")


def _beside_better(own: pd.Series, refits: list[pd.Series]) -> tuple[pd.Series, pd.Series]:
    """Means of ``own``, and on each split of that of ``refits`` with the highest value of the whole split."""
    first, *others = _means(own, *refits)
    if first.empty:
        return first, first
    table = pd.concat(others, axis=1, keys=range(len(others)))
    best = table.xs("", level="class").fillna(-np.inf).idxmax(axis=1)
    places = best.loc[table.index.get_level_values("split")].to_numpy(dtype=int)
    return first, pd.Series(table.to_numpy()[np.arange(len(table)), places], index=table.index)


def _tested(first: pd.Series, second: pd.Series) -> dict[str, object]:
    """Interval and test of ``first`` less ``second``, values by (split, class); no splits where there are none."""
    difference = first - second
    whole = difference.index.get_level_values("class") == ""
    splits, classes = difference[whole], difference[~whole].groupby("class").mean()
    if splits.empty:
        return {"splits": 0}
    test = paired_difference(splits.to_numpy(), classes.to_numpy())
    numbers = {"mean": test.difference, "low": test.low, "high": test.high, "won": test.won, "p": test.p}
    numbers = {name: np.asarray(value).item() for name, value in numbers.items()}
    return numbers | {"interval": test.unit, "units": test.units, "splits": len(splits)}


def _difference_frame(part: _Part, metric: str, differences: pd.DataFrame) -> Frame:
    rows = [row for _, row in differences.iterrows()]
    cells = pd.DataFrame(
        {
            METHOD_COLUMN: [row["label"] for row in rows],
            "Difference of": [f"{row['coded']} − {row['less']}" for row in rows],
            "Mean and interval": [
                interval_text(row.rename({"mean": "difference"})) if row["splits"] else "n/a (not run)"
                for row in rows
            ],
            "Won": [f"{row['won']:.0f}/{row['units']:.0f}" if row["splits"] else MISSING for row in rows],
            "p": [MISSING if pd.isna(row["p"]) else f"{row['p']:.4f}" for row in rows],
        }
    )
    heading = part.heading(f"differences in {METRICS.get(metric, metric)}")
    over = {_units(row["interval"], int(row["units"])) for row in rows if row["splits"]}
    return Frame(f"{heading}\nOver {' or '.join(sorted(over)) or 'nothing'}.", cells, part.block)


def _units(unit: str, units: int) -> str:
    return counted(units, "split") if unit == "splits" else f"{units} unseen classes"
