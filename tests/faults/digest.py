"""Fits methods and scores their codes, and prints what came out as JSON: ``python -m tests.faults.digest METHOD...``.

The surroundings of the process (threads, hash seed, locale, folder, kind of CPU) must not show in it.
"""

import hashlib
import json
import sys

import numpy as np
from sklearn.datasets import load_digits

from mgah import registry
from mgah.errors import InputError
from mgah.metrics.counting import BACKENDS, backend_module, counts
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.metrics.index import build_index, pack_words
from mgah.semantics.store import ClassSemantics

SMALL = {"n_anchors": 50, "trunk": 16, "latent": 8, "epochs": 3, "device": "cpu"}


def main() -> None:
    """Print, by method, codes and learned arrays, and the mean average precision of both back ends."""
    digits = load_digits()
    features = np.ascontiguousarray(digits.data[:500], dtype=np.float32) / 16
    labels = digits.target[:500]
    semantics = ClassSemantics.from_vectors(
        [f"digit {c}" for c in range(10)], np.random.default_rng(0).standard_normal((10, 6))
    )
    found = {}
    for name in sys.argv[1:]:
        known = registry.find("methods", name).parameters
        chosen = {key: value for key, value in SMALL.items() if key in known}
        method = registry.load("methods", name)(n_bits=12, random_state=0, **chosen)
        codes = method.fit(features, labels, semantics).encode(features)
        learned = {key: value for key, value in vars(method).items() if key.endswith("_")}
        found[name] = {
            "codes": hashlib.sha256(codes.tobytes()).hexdigest(),
            "arrays": {
                key: np.asarray(value, np.float64).ravel().tolist()
                for key, value in sorted(_flat(learned).items())
            },
            "scores": {name: _score(codes, labels, name) for name in BACKENDS if _is_here(name)},
        }
    json.dump(found, sys.stdout)


def _flat(learned: dict) -> dict:
    parts = {}
    for key, value in learned.items():
        parts |= (
            {f"{key}.{name}": part for name, part in value.items()}
            if isinstance(value, dict)
            else {key: value}
        )
    return {key: value for key, value in parts.items() if np.asarray(value).dtype.kind in "biuf"}


def _is_here(backend: str) -> bool:
    try:
        backend_module(backend)
    except InputError:
        return False
    return True


def _score(codes: np.ndarray, labels: np.ndarray, backend: str) -> str:
    words = pack_words(codes)
    index = build_index(words, codes.shape[1], labels)
    cnt, rel = counts(words, labels, index, own=True, backend=backend)
    return mean_defined(expected_average_precision(cnt, rel))[0].hex()


if __name__ == "__main__":
    main()
