"""A small finished run with everything that a page may have to show."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from mgah.report.outputs.base import Frame, Note, Table
from mgah.report.page.provenance import PAGE
from mgah.report.page.write import write_page
from mgah.report.paper.published import REFERENCE
from mgah.report.writers import write_figure, write_table
from mgah.tables.scores import COLUMNS, write_scores

BLOCK = ("awa2_mini", "lite0", "attributes")
CONFIG = {
    "name": "tiny",
    "seeds": [0, 1],
    "split_seed": 3,
    "device": "auto",
    "methods": {"itq": {}},
    "experiments": [{"dataset": "awa2_mini", "backbone": "lite0", "semantics": "attributes"}],
    "datasets": {
        "awa2_mini": {"splits": ["s"], "semantics": {"attributes": {"stand_in": "vectors of another kind"}}}
    },
    "outputs": {"tables": ["extra", "table2", "table1", "claims"], "figures": ["gallery", "figure3"]},
}
CAPTIONS = {
    "figure3": "Figure 3: P@H<=2 by length.\n\nAn empty ball\ncounts `0`.",
    "gallery": "Retrieved images.",
}
#: Cells as tables have them: a bold one, one run, a thousand, undefined, not run, none, an open bracket of HTML.
VALUES = [
    "**0.279** ± 0.053",
    "0.100 (one run)",
    "1,024",
    "n/a (undefined in 1 of 2 runs)",
    "n/a (not run)",
    "–",
    "-0.5",
]
METHODS = [
    "ITQ",
    "SitNet (reconstruction), chosen",
    "MGAH",
    "DOPH (reconstruction)",
    "<b>own</b>",
    "a|b",
    "KSH",
]
#: The tidy table of claims.
CLAIMS = pd.DataFrame(
    [
        (*BLOCK, word, verdict, "yes")
        for word, verdict in (
            ("shortcut", "holds"),
            ("precision", "holds"),
            ("latent", "undecided"),
            ("alpha", "not run"),
        )
    ],
    columns=["dataset", "backbone", "semantics", "claim", "verdict", "claimed"],
)


def score_rows() -> pd.DataFrame:
    """Two datasets; two of the stand-in's three unseen classes were met, of the other's one nothing is known.

    The stand-in also has mAP and P@H<=2 of two methods at two code lengths, two seeds each.
    """
    cells = [
        ("awa2_mini", "attributes", "pig", "same"),
        ("awa2_mini", "attributes", "seal", "child"),
        ("awa2_mini", "attributes", "raccoon", "clean"),
        ("cifar10", "word2vec", "deer", "unknown"),
    ]
    rows = [
        dict(dataset=dataset, semantics=semantics, leak=leak, seed=seed, **{"class": name})
        for dataset, semantics, name, leak in cells
        for seed in (0, 1)
    ]
    fixed = dict(
        backbone="lite0", split="s", method="itq", label="ITQ", bits=8, metric="mAP", value=0.5, notes=""
    )
    whole = [
        dict(method=method, label=method.upper(), bits=bits, metric=metric, value=value, seed=seed)
        for method, value in (("itq", 0.4), ("mgah", 0.6))
        for bits in (8, 16)
        for metric in ("mAP", "P@H<=2")
        for seed in (0, 1)
    ]
    rows += [
        {"dataset": "awa2_mini", "semantics": "attributes", "class": "", "leak": ""} | row for row in whole
    ]
    return pd.DataFrame([fixed | row for row in rows], columns=list(COLUMNS)).astype({"bits": "Int64"})


def fill(run: Path) -> list[Path]:
    """Write the files of a run that its page shows, and give their paths."""
    frame = pd.DataFrame({"Method": METHODS, "8 bits": VALUES, "awa2-mini, 16 bits": VALUES[::-1]})
    long = pd.DataFrame(
        {"Mark": ["clean"], "Meaning": ["A sentence that is much longer than a number is. " * 3]}
    )
    for name in CONFIG["outputs"]["tables"]:
        frames = (
            Frame("awa2-mini · lite0 · attributes: mAP\nTwo seeds.", frame, BLOCK, ("awa2-mini, 16 bits",)),
            Frame("Marks", long),
        )
        told = Note("A reconstruction of `DOPH`.", frozenset({(BLOCK, "DOPH (reconstruction)")}))
        title = {"claims": "Does the paper hold?", "extra": "Costs"}.get(name, f"Table {name[-1]}. mAP")
        write_table(
            Table(
                title,
                ("A note with `code`.", "Another.", told),
                frames,
                CLAIMS if name == "claims" else frame,
            ),
            run / "tables" / name,
        )
    for name, points in (("figure3", 10), ("gallery", 30_000)):
        figure = Figure(figsize=(4, 2))
        figure.add_subplot().plot(np.random.default_rng(0).standard_normal(points), ".")
        write_figure(figure, run / "figures" / name)
    write_scores(run / "scores.csv", score_rows())
    _write(run / "scores/awa2_mini/lite0/attributes/itq.csv", "")
    _write(
        run / "benchmarks/hashing/awa2_mini/lite0/attributes/s/itq/seed0.json",
        json.dumps({"seconds": 3600, "cpu_seconds": 1800, "peak_mib": 20}),
    )
    _write(
        run / "benchmarks/hashing/awa2_mini/lite0/attributes/s/itq/seed1.json",
        json.dumps({"seconds": 1800, "cpu_seconds": 900, "peak_mib": 30.4}),
    )
    card = {"name": "awa2_mini", "classes": ["pig", "seal"], "images": 1500, "source": "awa2_mini.zip"}
    _write(run / "data/awa2_mini/dataset.json", json.dumps(card | {"archive_sha256": "a1" * 32}))
    counts = {"training": 1000, "queries": 10, "seen_queries": 20, "database": 1490}
    split = {
        "dataset": "awa2_mini",
        "split": "s",
        "seed": 3,
        "counts": counts,
        "checksum": "c3",
        "images": "d4",
    }
    _write(run / "splits/awa2_mini/s.json", json.dumps(split))
    features = {"dataset": "awa2_mini", "backbone": "lite0", "weights": "w.pth", "weights_sha256": "e5"}
    _write(run / "features/awa2_mini/lite0/card.json", json.dumps(features | {"fingerprint": "f6"}))
    return [
        *run.glob("tables/*"),
        *run.glob("figures/*"),
        run / "scores.csv",
        *run.rglob("scores/**/*.csv"),
        REFERENCE,
    ]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def finish(run: Path) -> Path:
    """Make the files of a run and its page."""
    write_page(run, CONFIG, CAPTIONS, REFERENCE, gpus=0, files=fill(run))
    return run


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory) -> Path:
    """The folder of a finished run; do not change it."""
    return finish(tmp_path_factory.mktemp("results") / "tiny")


@pytest.fixture(scope="session")
def page(tiny_run) -> Path:
    return tiny_run / PAGE
