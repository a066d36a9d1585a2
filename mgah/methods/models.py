"""The file of a trained method, and the card beside it: their writer and their reader.

``<bits>.safetensors`` holds the learned arrays that encoding needs, those of a trained network as
``network_.<torch's name>``. Its card ``<bits>.json`` holds ``method`` (the method's name), ``parameters`` (all of them,
defaults included), ``n_features_in_``, ``history`` (the learned attributes that `HashingMethod.history` names),
``cell``, and ``versions`` of Python and of those `LIBRARIES` that were loaded when the file was written. No code is
stored: loading builds the class of the method and sets its arrays.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, sha256, write_json
from mgah.io.records import INTEGER, NAME, OBJECT, check_fields
from mgah.methods.base import HashingMethod
from mgah.versions import versions

#: Libraries that methods compute with: the distribution of each by the name that it is imported under.
LIBRARIES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "torch": "torch"}


def save_model(
    target: Path | str, name: str, method: HashingMethod, cell: dict, *, weights: bool = True
) -> None:
    """Write a fitted method to ``target`` (``.safetensors``) and its card beside it.

    Args:
        name: name of the method in the registry.
        method: the fitted method.
        cell: what names the cell whose codes the method makes.
        weights: whether the learned arrays are written, or the card alone.

    Raises:
        InputError: for something learned that is no array of numbers; nothing is written then.

    Examples:
        >>> import tempfile
        >>> from mgah.baselines.itq import ITQ
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ITQ(n_bits=4).fit(features, labels, semantics)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_model(f"{folder}/4.safetensors", "itq", method, {})
        ...     print((load_model(f"{folder}/4.safetensors").encode(features) == method.encode(features)).all())
        True
    """
    target, learned = Path(target), _learned(method)
    if weights:
        arrays = _stored(method)
        with atomic_path(target) as path:
            save_file(arrays, path)
    card: dict[str, object] = {"weights_sha256": sha256(target)} if weights else {}
    card |= {
        "method": name,
        "parameters": {key: _plain(value) for key, value in method.get_params().items()},
        "n_features_in_": method.n_features_in_,
        "history": {key: np.asarray(learned[key]).tolist() for key in method.history if key in learned},
        "cell": cell,
        "versions": versions(package for name, package in LIBRARIES.items() if name in sys.modules),
    }
    write_json(target.with_suffix(".json"), card)


def load_model(source: Path | str) -> HashingMethod:
    """Read a fitted method, ready to encode, from ``source`` (``.safetensors``) and the card beside it.

    Raises:
        InputError: for files that are missing or cannot be read; the sentence names the file.

    Examples:
        >>> import tempfile
        >>> from mgah.baselines.itq import ITQ
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ITQ(n_bits=4).fit(features, labels, semantics)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_model(f"{folder}/4.safetensors", "itq", method, {})
        ...     print(load_model(f"{folder}/4.safetensors").n_bits)
        4
    """
    source = Path(source)
    card = read_json(source.with_suffix(".json"), again="fit it again")
    fields = {"method": NAME, "parameters": OBJECT, "n_features_in_": INTEGER}
    check_fields(card, fields, f"model card {source.with_suffix('.json')}", again="fit it again")
    if not source.exists():
        raise InputError(
            f"model {source} is not there, only its card, expected its weights: keep them with the config key "
            "keep_models, and fit it again"
        )
    try:
        method_class = registry.load("methods", card["method"])
    except InputError as error:
        raise InputError(f"model {source} is of a method that cannot be had: {error}") from error
    try:
        if card.get("weights_sha256") not in (None, sha256(source)):
            raise InputError(
                "it is not the file that its card has the SHA-256 of, but damaged or changed after it was written"
            )
        method = method_class(**card["parameters"])
        arrays = load_file(source)
        method.n_features_in_ = card["n_features_in_"]
    except InputError as error:
        raise InputError(f"model {source} cannot be read ({error}): fit it again") from error
    except Exception as error:  # a damaged file can raise nearly anything
        raise InputError(f"model {source} cannot be read ({error}): fit it again") from error
    _restore(method, arrays)
    return method


def check_model(method: HashingMethod, rows: np.ndarray) -> None:
    """Raise `InputError` unless what a model stores of the fitted ``method`` encodes ``rows`` (n, d) as it does.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> check_model(ITQ(n_bits=4).fit(features, labels, semantics), features)
    """
    who, expected = type(method).__name__, method.encode(rows)
    again = type(method)(**method.get_params())
    again.n_features_in_ = method.n_features_in_
    _restore(again, _stored(method))
    advice = "keep all that encoding needs in attributes whose names end in _, as NumPy arrays, and draw nothing there"
    try:
        found = again.encode(rows)
    except Exception as error:
        raise InputError(
            f"{who}: its model, read again, cannot encode ({type(error).__name__}: {error}): {advice}"
        ) from error
    if not np.array_equal(found, expected):
        raise InputError(
            f"{who}: its model, read again, gives other codes than the fitted method, in "
            f"{np.mean(found != expected):.1%} of the bits: {advice}"
        )


def _learned(method: HashingMethod) -> dict:
    """All that a fitted method has learned, by attribute."""
    return {
        key: value for key, value in vars(method).items() if key.endswith("_") and key != "n_features_in_"
    }


def _stored(method: HashingMethod) -> dict[str, np.ndarray]:
    """The arrays of a fitted method that encoding needs, by the names that a model has."""
    arrays = _flat({key: value for key, value in _learned(method).items() if key not in method.history})
    _check_arrays(type(method).__name__, arrays)
    return arrays


def _restore(method: HashingMethod, arrays: dict[str, np.ndarray]) -> None:
    """Set in ``method`` what `_stored` returned."""
    for key, value in arrays.items():
        attribute, _, name = key.partition(".")
        if name:
            method.__dict__.setdefault(attribute, {})[name] = value
        else:
            setattr(method, attribute, value)


def _flat(learned: dict[str, np.ndarray | dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """All arrays by name; an array of a dictionary (the weights of a network) is named ``attribute.name``."""
    flat: dict[str, np.ndarray] = {}
    for key, value in learned.items():
        parts = (
            {f"{key}.{name}": part for name, part in value.items()}
            if isinstance(value, dict)
            else {key: value}
        )
        flat |= {name: np.ascontiguousarray(part) for name, part in parts.items()}
    return flat


def _check_arrays(who: str, arrays: dict[str, np.ndarray]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise InputError(
                f"{who}: what it learned in {name} is no array of numbers ({type(array.flat[0]).__name__}), expected "
                "NumPy arrays in attributes whose names end in _: keep the numbers that encoding needs"
            )


def _plain(value: object) -> object:
    """``value`` with Python's numbers, lists and dictionaries in place of NumPy's, tuples and mappings."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
