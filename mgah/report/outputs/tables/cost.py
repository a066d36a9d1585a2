"""What the run cost: time and memory of every method's jobs, and of every stage."""

import pandas as pd

from mgah.report.aggregate import of_block
from mgah.report.benchmarks import LAYOUTS
from mgah.report.grid import blocks
from mgah.report.outputs.base import Frame, Table
from mgah.report.style import block_label, dataset_label, method_order
from mgah.report.wording import MISSING, counted_range
from mgah.tables.benchmarks import NUMBERS
from mgah.tables.keys import SETTING

#: Stages whose jobs belong to a method, and what names one of its jobs.
OF_METHODS = {"selection": ["split"], "hashing": ["split", "seed"], "evaluation": []}
WORDS = {"selection": "choice", "hashing": "fit", "evaluation": "scoring"}
HEADINGS = {"seconds": "wall s", "cpu_seconds": "CPU s", "peak_mib": "peak MiB"}
NOT_MEASURED = "not measured"

NOTES = (
    "Wall time is from a job's start to its end, with reading and writing in it; CPU time of all of its processes, and "
    "memory, the largest resident size that one of them had, are as the kernel counted them. Most jobs of one thread "
    "are, on Linux and outside of a cluster, forks of a process that has imported what such jobs share: neither the "
    "start of Python nor these imports are in their times, but the imported libraries are in their memory. Any other "
    "job is a Python of its own, whose start and imports are in its times. Jobs that run side by side share the "
    "processor. What has no record is not measured. A dash: no such job on record.",
    "A fit trains a method at all code lengths on one split with one seed, and encodes all of its queries and "
    "database. A choice tries settings on one split, on seen classes. Both are medians over jobs. A scoring "
    "ranks and scores all codes of a method: every split, seed and length.",
    "A job that ran again has its last numbers. A stage is the sum over the jobs that stand behind the scores, and "
    "the highest peak: ablation, sweeps and what pictures alone need are not in it.",
)


def build(benchmarks: pd.DataFrame, scores: pd.DataFrame) -> Table:
    """The cost of the methods of ``scores``; see `mgah.report.outputs.base`."""
    jobs = benchmarks.sort_values(list(benchmarks.columns))
    data = pd.concat([_of_methods(jobs, scores), _of_stages(jobs, scores)], ignore_index=True)
    frames = [Frame("All stages", _stage_frame(data[data["method"] == ""]))]
    for block, rows in blocks(scores):
        part = of_block(data[data["method"] != ""], block)
        labels = rows.drop_duplicates("method").set_index("method")["label"]
        caption = f"{block_label(*block)}: a method's jobs\n{_caption(part)}"
        frames.append(Frame(caption, _method_frame(part, labels), block))
    machines = sorted(set(jobs["machine"]))
    where = f"Machine: {'; '.join(machines) or 'not known'}, where the numbers were collected."
    return Table("Cost", (where, *NOTES), tuple(frames), data)


def _of_methods(jobs: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One row a (stage, block, method): jobs that stand behind the scores, those measured, medians."""
    runs = scores.astype({"seed": str})[[*SETTING, "method", "split", "seed", "bits"]]
    found = []
    for stage, names in OF_METHODS.items():
        keys = [*SETTING, "method", *names]
        done = jobs[jobs["stage"] == stage]
        coded = runs[runs["bits"].notna()] if stage == "hashing" else runs
        expected = coded[keys].drop_duplicates()
        if stage == "selection":  # of those methods only that have any
            expected = expected.merge(done[[*SETTING, "method"]].drop_duplicates())
        measured = expected.merge(done, how="left", on=keys)
        for cell, group in measured.groupby([*SETTING, "method"], sort=True):
            names_of = dict(zip((*SETTING, "method"), cell, strict=True))
            numbers = {name: group[name].median() for name in NUMBERS}
            found.append({"stage": stage, **names_of, **_counts(group), **numbers})
    return pd.DataFrame(found, columns=["stage", *SETTING, "method", "jobs", "measured", *NUMBERS])


def _of_stages(jobs: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One row a (stage, dataset): the sums over jobs and the highest peak, of what stands behind the scores."""
    found = []
    for stage, layout in LAYOUTS.items():
        done = jobs[jobs["stage"] == stage]
        keys = [name for name in layout if name in scores.columns]
        if keys:
            done = done.merge(scores.astype({"seed": str})[keys].drop_duplicates())
        for dataset, group in done.groupby("dataset", sort=True):
            sums = {name: group[name].sum(min_count=1) for name in ("seconds", "cpu_seconds")}
            names = dict.fromkeys((*SETTING, "method"), "") | {"stage": stage, "dataset": dataset}
            row = {**names, **_counts(group), **sums}
            found.append(row | {"peak_mib": group["peak_mib"].max()})
    return pd.DataFrame(found, columns=["stage", *SETTING, "method", "jobs", "measured", *NUMBERS])


def _counts(group: pd.DataFrame) -> dict[str, int]:
    return {"jobs": len(group), "measured": int(group["seconds"].notna().sum())}


def _caption(part: pd.DataFrame) -> str:
    counts = _fits(part)
    return "No fits." if counts.empty else f"{counted_range(counts, 'fit')} a method."


def _fits(part: pd.DataFrame) -> pd.Series:
    """How many fits stand behind each method that has codes: one a split and seed."""
    return part[part["stage"] == "hashing"].set_index("method")["jobs"]


def _method_frame(part: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """A row a method; with the number of its fits where methods differ in it."""
    rows, fits = [], _fits(part)
    stages = [stage for stage in WORDS if stage != "selection" or stage in set(part["stage"])]
    for word in sorted(labels.index, key=method_order):
        row = {"Method": labels[word]}
        if fits.nunique() > 1:
            row["Fits"] = str(fits.get(word, MISSING))
        for stage in stages:
            found = part[(part["stage"] == stage) & (part["method"] == word)]
            for name, heading in HEADINGS.items():
                row[f"{WORDS[stage]}, {heading}"] = _cell(found, name)
        rows.append(row)
    return pd.DataFrame(rows)


def _cell(found: pd.DataFrame, name: str) -> str:
    """A number; a dash where the method has no such job."""
    if found.empty:
        return MISSING
    row = found.iloc[0]
    few = "" if row["measured"] in (0, row["jobs"]) else f" ({row['measured']} of {row['jobs']} jobs)"
    return _number(row, name) + few


def _stage_frame(data: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "Stage": row["stage"],
            "Dataset": dataset_label(row["dataset"]) or MISSING,
            "jobs": str(row["jobs"]),
            **{heading: _number(row, name) for name, heading in HEADINGS.items()},
        }
        for _, row in data.iterrows()
    ]
    nothing = {
        "Stage": "all",
        "Dataset": MISSING,
        "jobs": "0",
        **dict.fromkeys(HEADINGS.values(), NOT_MEASURED),
    }
    return pd.DataFrame(rows or [nothing])


def _number(row: pd.Series, name: str) -> str:
    digits = 0 if name == "peak_mib" else 1
    return NOT_MEASURED if pd.isna(row[name]) else f"{row[name]:,.{digits}f}"
