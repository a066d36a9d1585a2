"""Checks what a method is given and what it gives back; each error names the method."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mgah.arrays import as_array
from mgah.errors import InputError
from mgah.normalization import l2_rows
from mgah.semantics.store import ClassSemantics
from mgah.words import counted

if TYPE_CHECKING:
    from mgah.methods.base import HashingMethod

#: What the rows that `HashingMethod.fit` takes are, by their dtype.
_ROWS = {
    "float32": "features of a frozen backbone",
    "float16": "feature maps of the network, as rows",
    "uint8": "square images, 3 * side^2 bytes each",
}
#: Rows looked through at a time: they may be memory-mapped and many.
_BLOCK = 1024
#: Squared distances of rows of unit length below this are rounding, that of 32-bit features included.
NO_DISTANCE = 1e-12
#: Different values of codes that an error shows.
_SHOWN = 4


def checked_features(method: "HashingMethod", features: Any, width: int | None = None) -> np.ndarray:
    """Rows for ``method`` as an array (n, d), of ``width`` where it is given; anything else is an `InputError`.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> checked_features(ITQ(), [[0.5, 1.0]]).shape
        (1, 2)
    """
    who, dtype = type(method).__name__, method._row_dtype()
    features = as_array(features, f"{who}: features")
    accepted = ("float32", "float64") if dtype == "float32" else (dtype,)
    if (
        features.ndim != 2
        or not features.shape[1]
        or features.dtype not in accepted
        or (width is not None and features.shape[1] != width)
    ):
        raise InputError(
            f"{who}: features are {features.dtype} of shape {features.shape}, "
            f"expected {' or '.join(accepted)} of shape (n, {'d' if width is None else width})"
            f"{' with d of 1 or more' if width is None else ''}, {_ROWS[dtype]}"
        )
    blocks = range(0, len(features), _BLOCK)
    finite = [np.isfinite(features[start : start + _BLOCK]).all(axis=1) for start in blocks]
    bad = ~np.concatenate([np.ones(0, bool), *finite])
    if bad.any():
        raise InputError(
            f"{who}: features have values that are not finite in {counted(bad.sum(), 'row')}, "
            f"first in row {int(bad.argmax())}: extract the features again"
        )
    return features


def check_varied(who: str, rows: np.ndarray, *, unit: bool = False) -> None:
    """Raise `InputError` in the name of ``who`` where all ``rows`` (n, d) are equal: nothing tells images apart.

    For a method that brings rows to ``unit`` length it is these that may not be equal, up to rounding: codes would
    otherwise be learned of the rounding alone.

    Examples:
        >>> check_varied("ITQ", np.eye(2))
        >>> check_varied("ITQ", np.array([[1.0, 2.0], [3.0, 6.0]]), unit=True)
        Traceback (most recent call last):
        mgah.errors.InputError: ITQ: all 2 training rows are equal at unit length, expected features ...
    """
    differ = _differ_in_direction if unit else _differ
    blocks = range(0, len(rows), _BLOCK)
    if len(rows) < 2 or any(differ(rows[start : start + _BLOCK], rows[:1]) for start in blocks):
        return
    equal, where = ("equal at unit length", "in direction") if unit else ("equal", "between images")
    raise InputError(
        f"{who}: all {len(rows)} training rows are {equal}, expected features that differ {where}: extract the "
        "features again"
    )


def _differ(rows: np.ndarray, first: np.ndarray) -> bool:
    return bool((rows != first).any())


def _differ_in_direction(rows: np.ndarray, first: np.ndarray) -> bool:
    rows, first = (l2_rows(np.asarray(part, dtype=np.float64)) for part in (rows, first))
    return bool(((rows - first) ** 2).sum(axis=1).max() >= NO_DISTANCE)


def checked_training(
    method: "HashingMethod", features: Any, labels: Any, semantics: ClassSemantics | None
) -> tuple[np.ndarray, np.ndarray, ClassSemantics]:
    """What ``method`` learns from: features (n, d), labels int64 (n,) of 0..c-1, semantics of the c classes.

    A method that does not use labels gets zeros where there are none; one that does not use semantics gets classes that
    are named after their labels and alike to none but themselves.

    Examples:
        >>> from mgah.baselines.sdh import SDH
        >>> _, labels, semantics = checked_training(SDH(), [[0.5], [1.0], [0.0]], ["dog", "cat", "dog"], None)
        >>> labels.tolist(), semantics.names
        ([1, 0, 1], ('cat', 'dog'))
    """
    who = type(method).__name__
    if not isinstance(semantics, ClassSemantics | None):
        raise InputError(
            f"{who}: semantics are {_kind(semantics)}, expected class semantics: pass "
            "ClassSemantics.from_vectors(names, vectors), a class a row in the order of the labels"
        )
    features = checked_features(method, features)
    if not len(features):
        raise InputError(
            f"{who}: there are no training rows, expected features of shape (n, d) with n of 1 or more"
        )
    _check_magnitude(who, features)
    if semantics is None and method.uses_semantics:
        raise InputError(
            f"{who} learns from class semantics, which are missing: pass fit(features, labels, semantics), "
            "for example with ClassSemantics.from_vectors(names, vectors), a class a row in the order of the labels"
        )
    if labels is None:
        if method.uses_labels:
            raise InputError(
                f"{who} learns from labels, which are missing: pass fit(features, labels), one label a row"
            )
        return features, np.zeros(len(features), np.int64), semantics or _unrelated(["all"])
    labels = _checked_labels(who, labels, len(features))
    if semantics is None:
        names, labels = np.unique(labels, return_inverse=True)
        semantics = _unrelated(names.tolist())
    elif labels.dtype.kind == "U":
        labels = _places(who, labels, semantics)
    classes, expected = np.unique(labels), np.arange(len(semantics.names))
    if len(classes) < 2:
        raise InputError(f"{who}: training labels hold {len(classes)} class, expected two or more")
    if not np.array_equal(classes, expected):
        raise InputError(
            f"{who}: training labels are {classes[:12].tolist()}, expected each of 0..{len(expected) - 1}, "
            f"one for each of the {len(expected)} classes of the semantics"
        )
    return features, labels.astype(np.int64), semantics


def _check_magnitude(who: str, features: np.ndarray) -> None:
    """Raise `InputError` for float64 ``features`` that float32, in which many methods learn, does not hold."""
    if features.dtype != np.float64:
        return
    most = float(np.finfo(np.float32).max)
    blocks = range(0, len(features), _BLOCK)
    largest = np.concatenate(
        [np.abs(features[first : first + _BLOCK]).max(axis=1, initial=0) for first in blocks]
    )
    bad = largest > most
    if bad.any():
        raise InputError(
            f"{who}: training features are as large as {largest.max():.1e}, above {most:.1e} in "
            f"{counted(bad.sum(), 'row')}, first in row {int(bad.argmax())}, expected no more than float32 holds: "
            "divide all features by one number"
        )


def _checked_labels(who: str, given: Any, n: int) -> np.ndarray:
    labels = as_array(given, f"{who}: labels")
    if labels.shape != (n,) or labels.dtype.kind not in "iuU":
        raise InputError(
            f"{who}: labels are {labels.dtype} of shape {labels.shape}, expected integers of shape ({n},), or text"
        )
    return labels


def _places(who: str, labels: np.ndarray, semantics: ClassSemantics) -> np.ndarray:
    """Labels that are names of classes as indices into those of the semantics."""
    place = {name: index for index, name in enumerate(semantics.names)}
    unknown = sorted(set(labels.tolist()) - set(place))
    if unknown:
        raise InputError(
            f"{who}: training labels hold {', '.join(map(repr, unknown[:3]))}, expected names of the semantics' "
            f"classes, {', '.join(semantics.names[:12])}"
        )
    return np.array([place[label] for label in labels.tolist()], np.int64)


def _unrelated(names: Sequence[object]) -> ClassSemantics:
    return ClassSemantics(tuple(map(str, names)), np.eye(len(names)))


def check_class(kind: type["HashingMethod"], methods: Sequence["HashingMethod"]) -> None:
    """Raise `InputError` unless there is a method, and all ``methods`` are of the class ``kind``.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> check_class(ITQ, [ITQ(n_bits=8), ITQ(n_bits=16)])
    """
    if not methods:
        raise InputError(f"{kind.__name__}.fit_many has no methods to fit, expected one or more")
    for method in methods:
        if type(method) is not kind:
            raise InputError(
                f"{kind.__name__}.fit_many has a method of {type(method).__name__}, expected {kind.__name__} alone: "
                "fit methods of other classes apart"
            )


def check_alike(methods: Sequence["HashingMethod"]) -> None:
    """Raise `InputError` unless ``methods`` differ in code length and seed only.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> check_alike([ITQ(n_bits=8), ITQ(n_bits=16, random_state=1)])
    """
    first = methods[0].get_params()
    for method in methods[1:]:
        other = method.get_params()
        for name in sorted(first.keys() - {"n_bits", "random_state"}):
            if not same(first[name], other[name]):
                raise InputError(
                    f"{type(method).__name__}: methods fitted together differ in {name}, "
                    f"{describe_value(first[name])} and {describe_value(other[name])}: fit them apart"
                )


def same(one: Any, other: Any) -> bool:
    """Whether two values of a parameter are equal; two arrays are equal when their shapes and all numbers are.

    Examples:
        >>> same(np.eye(2), np.eye(2)), same(1, None)
        (True, False)
    """
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)


def describe_value(value: object) -> str:
    """A parameter's value in a sentence.

    Examples:
        >>> describe_value(0.5), describe_value(np.eye(2))
        ('0.5', 'an array of shape (2, 2)')
    """
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)


def check_stored(method: "HashingMethod") -> None:
    """Raise `InputError` for a method whose constructor lost a parameter.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> check_stored(ITQ())
    """
    for name in method._get_param_names():
        if not hasattr(method, name):
            raise InputError(
                f"{type(method).__name__}: its constructor does not store the parameter {name}: write "
                f"self.{name} = {name}"
            )


def check_codes(method: "HashingMethod", codes: Any, n: int) -> None:
    """Raise `InputError` unless ``codes``, what ``_encode`` returned for ``n`` rows, are int8 (n, n_bits) of -1 and +1.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> check_codes(ITQ(n_bits=2), np.array([[1, -1]], np.int8), 1)
    """
    shape = (n, method.n_bits)
    array = isinstance(codes, np.ndarray)
    if array and codes.shape == shape and codes.dtype == np.int8 and (np.abs(codes) == 1).all():
        return
    back = f"{codes.dtype} of shape {codes.shape}" if array else _kind(codes)
    if array and codes.dtype.kind in "biuf" and codes.size:
        values = np.unique(codes)
        back += f" with the values {', '.join(map(str, values[:_SHOWN].tolist()))}"
        back += ", ..." if len(values) > _SHOWN else ""
    raise InputError(
        f"{type(method).__name__}: _encode returned {back}, expected int8 of shape {shape} of -1 and +1, as "
        "mgah.methods.base.signs makes of real values"
    )


def check_finite(who: str, outputs: np.ndarray) -> None:
    """Raise `InputError` in the name of ``who`` where ``outputs``, float (n, k), are not finite: they have no signs.

    Examples:
        >>> check_finite("ITQ", np.zeros((1, 2)))
    """
    bad = ~np.isfinite(outputs).all(axis=1)
    if bad.any():
        raise InputError(
            f"{who}: outputs are not finite in {counted(bad.sum(), 'row')}, first in row {int(bad.argmax())}: "
            "features must have the scale of the training features"
        )


def _kind(value: object) -> str:
    """What an object is, by its type."""
    if value is None:
        return "None"
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"a {kind.__module__}.{kind.__name__}"
