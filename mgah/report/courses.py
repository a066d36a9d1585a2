"""Courses of trainings: only those whose margin grows alike, epoch by epoch, have means by epoch.

Splits that choose their settings may train for other numbers of epochs, or raise beta otherwise. A mean by epoch over
all of them would be one over fewer trainings from some epoch on, of a beta that none of them had.
"""

import pandas as pd

_RUN = ["split", "seed"]


def with_course(history: pd.DataFrame) -> pd.DataFrame:
    """Add ``course``, int64, to trainings of one method at one code length, rows of `mgah.tables.history`.

    Trainings of one course have the same epochs, and the same beta in each; course 0 is that of most trainings.

    Examples:
        >>> short = pd.DataFrame({"split": "a", "seed": 0, "epoch": [1, 2], "beta": [1.0, 5.0]})
        >>> long = pd.DataFrame({"split": "b", "seed": 0, "epoch": [1, 2, 3], "beta": [1.0, 3.0, 5.0]})
        >>> history = pd.concat([long, short, short.assign(split="c")])
        >>> with_course(history).groupby("split")["course"].first().to_dict()
        {'a': 0, 'b': 1, 'c': 0}
    """
    runs = history.sort_values("epoch", kind="stable").groupby(_RUN)
    steps = {run: str(rows[["epoch", "beta"]].to_numpy().tolist()) for run, rows in runs}
    trainings = pd.Series(steps.values(), dtype=str).value_counts()
    ordered = sorted(trainings.index, key=lambda step: (-trainings[step], step))
    named = zip(history["split"], history["seed"], strict=True)
    return history.assign(course=pd.array([ordered.index(steps[run]) for run in named], dtype="int64"))
