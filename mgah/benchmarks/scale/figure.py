"""The figure of all measurements: time and memory against the size, one panel a part."""

from pathlib import Path

import numpy as np
import pandas as pd

from mgah.io.files import atomic_path
from mgah.report.look import look
from mgah.report.style import PAGE_WIDTH

_AXES = {
    "planning": "jobs",
    "scoring": "codes",
    "fits": "training images",
    "features": "images",
}
_QUANTITIES = {"seconds": "CPU time (s)", "gib": "peak memory (GiB)"}
_MARKERS = "os^vDPX"
#: Words stay words, and a power of ten on an axis is a formula to Matplotlib.
_LOOK = {"svg.fonttype": "none", "text.parse_math": True}


def draw(measured: pd.DataFrame, target: Path) -> None:
    """Write the figure as SVG, both axes logarithmic; equal measurements give equal bytes."""
    from matplotlib.figure import Figure

    parts = list(dict.fromkeys(measured["part"]))
    with look(**_LOOK):
        size = PAGE_WIDTH * max(len(parts), 2) / 4, 4.0
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(2, len(parts), squeeze=False, sharex="col")
        for column, part in enumerate(parts):
            rows = measured[measured["part"] == part]
            for (name, label), panel in zip(_QUANTITIES.items(), axes[:, column], strict=True):
                for marker, (what, line) in zip(_MARKERS, rows.groupby("what", sort=False), strict=False):
                    panel.loglog(line["size"], line[name], marker=marker, label=what)
                panel.minorticks_off()
                low, high = np.floor(np.log10([rows[name].min(), rows[name].max()]))
                panel.set_ylim(10**low, 10 ** (high + 1))  # whole powers of ten
                if column == 0:
                    panel.set_ylabel(label)
            axes[0, column].set_title(part)
            axes[1, column].set_xlabel(_AXES[part])
            if rows["what"].nunique() > 1:
                below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.35)}
                axes[1, column].legend(**below, fontsize=6.5, handlelength=1.5)
        with atomic_path(target) as path:
            figure.savefig(path, format="svg", metadata={"Date": None})
