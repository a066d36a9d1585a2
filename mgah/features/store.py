"""The feature store: one memory-mappable float32 ``.npy`` and one card a (dataset, backbone).

``features.npy``: float32 (images, dimension); row ``i`` belongs to image id ``i`` of the images table.
``card.json``: dataset, backbone, images, dimension, ``fingerprint`` (SHA-256 of the backbone's weights and
preprocessing), ``content`` (SHA-256 of features.npy) and ``notes``, what a reader must be told wherever a number
made from these features is printed.
"""

from pathlib import Path

import numpy as np

from mgah.errors import InputError
from mgah.files import read_json


def read_features(folder: Path | str, n_images: int | None = None) -> tuple[np.ndarray, dict]:
    """Memory-map the features in ``folder`` and read their card.

    Returns the read-only float32 array (images, dimension) and the card. Raises `InputError` when the array is
    not float32, not two-dimensional, or has another number of rows than the card or ``n_images`` says.
    """
    folder = Path(folder)
    card = read_json(folder / "card.json")
    try:
        features = np.load(folder / "features.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / 'features.npy'} cannot be read ({error}): remove it and run again") from error
    expected = (card.get("images") if n_images is None else n_images, card.get("dimension"))
    if features.dtype != np.float32 or features.shape != expected:
        raise InputError(
            f"{folder / 'features.npy'} holds {features.dtype} of shape {features.shape}, "
            f"expected float32 of shape {expected}: remove {folder} and run again"
        )
    return features, card
