# %% [markdown]
# # Draw splits of your own data
# How good a method is on unseen classes depends on which classes are unseen. The folds of a dataset part its classes,
# so that each is unseen once.

# %%
import numpy as np
from sklearn.datasets import load_digits

from mgah import ITQ, draw_split, drawn_classes, images_of, mean_average_precision, seen_labels
from mgah.metrics.statistics import student_interval

pixels, labels = load_digits(return_X_y=True)
names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])[labels]
images = images_of(names, pixels)

# %% [markdown]
# A split names its training images, queries of unseen classes, queries of seen classes, and the database.

# %%
splits = []
for fold in range(5):
    name = f"fold{fold}of5"
    unseen = drawn_classes("digits", name, sorted(set(names)), seed=0)
    counts = {"training": 500, "queries": 50, "seen_queries": 50}
    splits.append(draw_split(images, "digits", name, unseen, **counts, seed=0))
    print(name, "unseen:", ", ".join(unseen), "| database:", len(splits[-1].database))

# %% [markdown]
# Nothing of an unseen class reaches a method; `seen_labels` numbers the seen classes from 0.

# %%
found = []
for split in splits:
    method = ITQ(n_bits=16).fit(pixels[split.training], seen_labels(split, images))
    codes = method.encode(pixels)
    sides = codes[split.queries], names[split.queries], codes[split.database], names[split.database]
    found.append(mean_average_precision(*sides))
low, high = student_interval(found)
print(f"ITQ: mAP {np.mean(found):.3f} over {len(found)} folds, 95 % interval {low:.3f} to {high:.3f}")
