# %% [markdown]
# # Load a run's codes and score them
# A run keeps the codes of each cell (dataset, backbone, semantics, split, method, seed, code length) in a file. Pass
# the path of one; without it, the first of the small run is taken.

# %%
import sys
from pathlib import Path

import numpy as np

from mgah import read_codes, score_queries

given = [Path(argument) for argument in sys.argv[1:] if argument.endswith(".npz")]
files = given or sorted(Path("results/small/codes").rglob("32.npz"))
if not files:
    sys.exit("no codes below results/small: run small.yaml first, or pass a codes file (.npz) of another run")
codes = read_codes(files[0])
print(codes.cell["label"], "on the split", codes.cell["split"], "with", codes.n_bits, "bits")

# %% [markdown]
# Codes are packed, eight bits a byte; `n_bits` says so. These are the values of the run's `scores.csv`.

# %%
sides = codes.query_codes, codes.query_labels, codes.database_codes, codes.database_labels
scores = score_queries(*sides, n_bits=codes.n_bits)
average_precision = scores.average_precision()
print(f"mAP {average_precision.mean():.4f}, P@H<=2 {scores.precision_at_radius(2).mean():.4f}")
for label in np.unique(codes.query_labels):
    mean = average_precision[codes.query_labels == label].mean()
    print(f"  {codes.class_names[label]}: mAP {mean:.4f}")

# %% [markdown]
# And what the run does not print: the first ranks, and precision against recall.

# %%
print(f"mAP@50 {scores.average_precision(50).mean():.4f}, P@50 {scores.precision_at_k(50).mean():.4f}")
curve = scores.precision_recall()
for radius in range(0, codes.n_bits + 1, max(1, codes.n_bits // 8)):
    print(f"  radius {radius:3}: precision {curve.precision[radius]:.3f}, recall {curve.recall[radius]:.3f}")
