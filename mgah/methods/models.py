"""The file of a trained method, and the card beside it: their writer and their reader.

``<bits>.safetensors`` holds the learned arrays that encoding needs, those of a trained network as
``network_.<torch's name>``. Its card ``<bits>.json`` holds ``method`` (the method's name), ``parameters`` (all of them,
defaults included), ``n_features_in_``, ``history`` (the learned attributes that `HashingMethod.history` names),
``cell``, ``versions`` of Python and of those `LIBRARIES` that were loaded when the file was written, and
``weights_sha256``, the SHA-256 of the weights, or null where the card is written alone. No code is stored: loading
builds the class of the method and sets its arrays.
"""

import json
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

#: Suffix of the file of the weights.
SUFFIX = ".safetensors"
#: Libraries that methods compute with: the distribution of each by the name that it is imported under.
LIBRARIES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "torch": "torch"}


def save_model(
    target: Path | str, name: str, method: HashingMethod, cell: dict, *, weights: bool = True
) -> None:
    """Write a fitted method to ``target`` (``.safetensors``) and its card beside it.

    Everything is checked, and put into words, before a file is touched. The weights are replaced first, and a card
    refuses weights of another SHA-256: whatever stops the writing between the two leaves no model that is read wrongly.

    Args:
        name: name of the method in the registry.
        method: the fitted method.
        cell: what names the cell whose codes the method makes; numbers of NumPy are numbers there, too.
        weights: whether the learned arrays are written, or the card alone, which then says so; weights that lie at
            ``target`` are removed in that case, as they are of another model.

    Raises:
        InputError: for another suffix, a name of another method, a method that is not fitted, something learned that is
            no array of numbers, or parameters, a history or a cell that JSON does not hold; nothing is written then.

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
    target = _checked_name(target)
    _check_class(target, name, method)
    card, arrays = _card(name, method, cell), _stored(method)
    card_target = target.with_suffix(".json")
    if not weights:
        with atomic_path(card_target) as card_path:
            write_json(card_path, {"weights_sha256": None} | card)
            target.unlink(missing_ok=True)
        return
    with atomic_path(card_target) as card_path, atomic_path(target) as path:  # the weights are replaced first
        save_file(arrays, path)
        write_json(card_path, {"weights_sha256": sha256(path)} | card)


def load_model(source: Path | str) -> HashingMethod:
    """Read a fitted method, ready to encode, from ``source`` (``.safetensors``) and the card beside it.

    Raises:
        InputError: for another suffix, files that are missing, cannot be read or are not of each other, a card that
            was written without weights, or arrays with which the method cannot encode; the sentence names the file.

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
    source = _checked_name(source)
    card = read_json(source.with_suffix(".json"), again="fit it again")
    fields = {"method": NAME, "parameters": OBJECT, "n_features_in_": INTEGER}
    check_fields(card, fields, f"model card {source.with_suffix('.json')}", again="fit it again")
    told = card.get("weights_sha256", "")  # cards of early versions have none
    if told is None or not source.exists():
        fault = "is not of its card, which has none" if source.exists() else "is not there, only its card"
        raise InputError(
            f"model {source} {fault}, expected its weights: keep them with the config key keep_models, and fit it again"
        )
    try:
        method_class = registry.load("methods", card["method"])
    except InputError as error:
        raise InputError(f"model {source} is of a method that cannot be had: {error}") from error
    try:
        if told not in ("", sha256(source)):
            raise InputError(
                "it is not the file that its card has the SHA-256 of, but damaged or changed after it was written"
            )
        arrays = load_file(source)
        method, trial = (
            _restored(method_class, card["parameters"], card["n_features_in_"], arrays) for _ in range(2)
        )
        _try_to_encode(trial)
    except Exception as error:  # a damaged file can raise nearly anything
        raise InputError(f"model {source} cannot be read ({error}): fit it again") from error
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
    again = _restored(type(method), method.get_params(), method.n_features_in_, _stored(method))
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


def _checked_name(file: Path | str) -> Path:
    """The path of a model, whose card has the same name but for its suffix."""
    if Path(file).suffix != SUFFIX:
        raise InputError(f"a model cannot be the file {str(file)!r}: expected a name that ends in {SUFFIX}")
    return Path(file)


def _check_class(target: Path, name: str, method: HashingMethod) -> None:
    expected = registry.load("methods", name)
    if type(method) is not expected:
        raise InputError(
            f"model {target}: {name!r} names {expected.__name__}, but the method is a {type(method).__name__}, "
            "expected the name of its own module: it would be read as another method"
        )


def _card(name: str, method: HashingMethod, cell: Mapping) -> dict[str, object]:
    """The card of a fitted method, all of which JSON holds."""
    who, learned = type(method).__name__, _learned(method)
    if not hasattr(method, "n_features_in_"):
        raise InputError(f"{who} must be fitted before its model is written")
    card = {
        "method": name,
        "parameters": _plain(method.get_params()),
        "n_features_in_": method.n_features_in_,
        "history": {key: np.asarray(learned[key]).tolist() for key in method.history if key in learned},
        "cell": _plain(cell),
        "versions": versions(package for name, package in LIBRARIES.items() if name in sys.modules),
    }
    for field, value in card.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{who}: {field} cannot stand in its model's card, as JSON does not hold it ({error}), expected "
                "numbers, text, True, False and None, in lists, and in dictionaries by text"
            ) from error
    return card


def _learned(method: HashingMethod) -> dict:
    """All that a fitted method has learned, by attribute."""
    return {key: value for key, value in vars(method).items() if _is_learned(key)}


def _is_learned(attribute: str) -> bool:
    """Whether an attribute of this name may hold what a method has learned."""
    return attribute.endswith("_") and not attribute.startswith("__") and attribute != "n_features_in_"


def _stored(method: HashingMethod) -> dict[str, np.ndarray]:
    """The arrays of a fitted method that encoding needs, by the names that a model has."""
    arrays = _flat({key: value for key, value in _learned(method).items() if key not in method.history})
    _check_arrays(type(method).__name__, arrays)
    return arrays


def _restored(
    method_class: type[HashingMethod],
    parameters: Mapping,
    n_features_in: int,
    arrays: Mapping[str, np.ndarray],
) -> HashingMethod:
    """The fitted method of which `_stored` returned ``arrays``."""
    method = method_class(**parameters)
    method.n_features_in_ = n_features_in
    for key, value in arrays.items():
        attribute, _, name = key.partition(".")
        if not _is_learned(attribute):
            raise InputError(f"it holds the array {key}, expected those that {method_class.__name__} learns")
        if name:
            method.__dict__.setdefault(attribute, {})[name] = value
        else:
            setattr(method, attribute, value)
    return method


def _try_to_encode(method: HashingMethod) -> None:
    """Let ``method`` encode a row of zeros on the CPU, and change its parameters for that.

    Whatever an array that is missing, or has another shape, makes its code raise is raised here. What the method itself
    refuses, such as a row of zeros, is no fault of the arrays.
    """
    plain = {"device": "cpu", "precision": "float32"}
    method.set_params(**{key: value for key, value in plain.items() if key in method.get_params()})
    row = np.zeros((1, method.n_features_in_), method._row_dtype())
    try:
        method.encode(row)
    except InputError:
        return
    except Exception as error:
        raise InputError(
            f"{type(method).__name__} cannot encode with its arrays, {type(error).__name__}: {error}"
        ) from error


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
