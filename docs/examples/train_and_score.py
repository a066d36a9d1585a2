# %% [markdown]
# # Train and score on arrays of your own
# Any float array with a row an item will do; here it is the small digits that come with scikit-learn. Digits of some
# classes train, those of others are the queries: their classes are unseen.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.datasets import load_digits

from mgah import ITQ, MGAH, ClassSemantics, load_model, mean_average_precision, save_model, score_queries

features, labels = load_digits(return_X_y=True)
unseen = np.isin(labels, [3, 8])
training = np.flatnonzero(~unseen)[::2]
queries = np.flatnonzero(unseen)[:100]
database = np.setdiff1d(np.arange(len(labels)), [*training, *queries])

# %% [markdown]
# A method without supervision takes features alone.

# %%
itq = ITQ(n_bits=32).fit(features[training])


def score(method, **options):
    """mAP of the queries of unseen classes."""
    codes = method.encode(features)
    return mean_average_precision(
        codes[queries], labels[queries], codes[database], labels[database], **options
    )


print(f"ITQ: mAP {score(itq):.3f}, mAP@100 {score(itq, k=100):.3f}")

# %% [markdown]
# MGAH learns from labels and class semantics: one vector for each seen class, here the lit segments of a digit on a
# display (top, upper right, lower right, bottom, lower left, upper left, middle). Labels are the classes' names.

# %%
SEGMENTS = {
    "0": "1111110",
    "1": "0110000",
    "2": "1101101",
    "4": "0110011",
    "5": "1011011",
    "6": "1011111",
    "7": "1110000",
    "9": "1111011",
}
semantics = ClassSemantics.from_vectors(
    list(SEGMENTS), [[int(lit) for lit in lights] for lights in SEGMENTS.values()]
)
mgah = MGAH(n_bits=32, epochs=40, trunk=256, latent=128, device="cpu").fit(
    features[training], labels[training].astype(str), semantics
)
print(mgah)
print(f"MGAH: mAP {score(mgah):.3f}")

# %% [markdown]
# Scores of each query, from one count.

# %%
codes = mgah.encode(features)
scores = score_queries(codes[queries], labels[queries], codes[database], labels[database])
worst = queries[scores.average_precision().argmin()]
print(f"P@10 {scores.precision_at_k(10).mean():.3f}; the worst query is image {worst}, a {labels[worst]}")

# %% [markdown]
# A model is two files, numbers and a card, and encodes the same after reading.

# %%
with TemporaryDirectory() as folder:
    save_model(Path(folder) / "32.safetensors", "mgah", mgah, cell={})
    print(
        "the same codes:", np.array_equal(load_model(Path(folder) / "32.safetensors").encode(features), codes)
    )
