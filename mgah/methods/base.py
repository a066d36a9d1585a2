"""The contract of a hashing method, in scikit-learn's conventions.

A method lives in one module of ``baselines`` or outside the project (or is ``mgah.methods.mgah.MGAH``), and subclasses
`HashingMethod`; its name in a config is the module's (`mgah.registry`). It sees training features, training labels and
the semantics of the seen classes, and nothing else.
"""

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from mgah.errors import InputError
from mgah.methods.trained import FROZEN
from mgah.semantics.store import ClassSemantics

#: Bounds of a parameter that must be above 0.
POSITIVE = (float(np.finfo(float).tiny), np.inf)
#: What rows of each dtype are.
_ROWS = {
    "float32": "features of a frozen backbone",
    "float16": "feature maps of the network, as rows",
    "uint8": "square images, 3 * side^2 bytes each",
}
#: Rows looked through at a time: they may be memory-mapped and many.
_BLOCK = 1024


def signs(values: np.ndarray) -> np.ndarray:
    """Codes of real values: int8, +1 where the value is 0 or above, -1 elsewhere (equation 1).

    Example:
        >>> signs(np.array([-0.5, 0.0, 2.0])).tolist()
        [-1, 1, 1]
    """
    return np.where(values >= 0, np.int8(1), np.int8(-1))


class HashingMethod(BaseEstimator, ABC):
    """Learns a hash function on seen classes that maps features to codes of ``n_bits`` bits.

    Subclasses take keyword-only constructor parameters, among them ``n_bits`` and ``random_state``, store them
    unchanged, and implement `_encode` and one of `_fit` and `_fit_many`, the latter where code lengths share work.
    Learned state is kept in attributes that end in ``_``; what encoding needs are NumPy arrays, so that a model can be
    stored without code in it.

    Example:
        >>> from mgah.baselines.itq import ITQ
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ITQ(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    #: Display name in tables and figures.
    label: ClassVar[str]
    #: Sentences that belong beside every number of this method (a reconstruction, a control, ...).
    notes: ClassVar[tuple[str, ...]] = ()

    # What follows is read from the source by `mgah.registry`: literals alone. The contract tests hold a class to it.

    #: Only shows what no learning, or no hashing, gives: a control is never the best, and is not judged.
    control: ClassVar[bool] = False
    #: The word of the method that this one is another form of: not judged beside it.
    variant_of: ClassVar[str] = ""
    #: Nothing is drawn: another ``random_state`` gives the same codes.
    deterministic: ClassVar[bool] = False
    #: Something is drawn for each class in turn: other numbers of the same classes give other codes.
    draws_by_class: ClassVar[bool] = False
    #: Whether codes depend on the labels, and on the semantics.
    uses_labels: ClassVar[bool] = True
    uses_semantics: ClassVar[bool] = True
    #: What bounds the code length: ``features``, the number d of features, ``anchors``, or "" for no longest code.
    #: A method bounded by its features has longer codes refused here; any other refuses them itself.
    longest_code: ClassVar[str] = ""
    #: Code lengths are trained in one computation, whose sums may round otherwise than those of each alone.
    stacks: ClassVar[bool] = False
    #: Parameters that keep a fit on 160 rows under a second, for tests.
    quick_parameters: ClassVar[Mapping[str, object]] = {}

    def fit(self, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics) -> Self:
        """Learn from seen classes.

        Args:
            features: float32 (n, d), finite; feature maps or images for methods that train a network (`_row_dtype`).
            labels: integers (n,), 0..c-1, every class present.
            semantics: of the c seen classes, in label order.

        Raises:
            InputError: for another shape, values that are not finite, fewer than two classes, labels that are not
                exactly 0..c-1, or parameters that do not fit the data.
        """
        return type(self).fit_many([self], features, labels, semantics)[0]

    @classmethod
    def fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Sequence[Self]:
        """Fit methods that differ in ``n_bits`` and ``random_state`` only, on the same data.

        Equal to fitting each alone; what they share is computed once. Arguments and errors as in `fit`.
        """
        _check_alike(methods)
        features, labels = _check_training(methods[0], features, labels, semantics)
        for method in methods:
            method._check_parameters(features, labels)
        # one thread: sums of several round otherwise, and no learned bit may depend on their number
        with threadpool_limits(1, user_api="blas"):
            cls._fit_many(methods, features, labels, semantics)
        for method in methods:
            method.n_features_in_ = features.shape[1]
        return methods

    def encode(self, features: np.ndarray) -> np.ndarray:
        """Codes of ``features``, float32 (n, d): int8 (n, n_bits) of -1 and +1, each row on its own."""
        if not hasattr(self, "n_features_in_"):
            raise InputError(f"{type(self).__name__} must be fitted before it encodes")
        return self._encode(_check_features(self, features, self.n_features_in_))

    @property
    def trained(self) -> str:
        """What the method trains of the setting's network, a few words for tables."""
        return FROZEN

    def cell_notes(self) -> tuple[str, ...]:
        """`notes`, and what else this method's parameters make worth telling beside every number."""
        return self.notes

    def _row_dtype(self) -> str:
        """dtype of what `fit` and `encode` take; a method that takes float32 takes float64 as well."""
        return "float32"

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        """Raise `InputError` for parameters that do not fit the data; extend in subclasses."""
        self._check_integers({"n_bits": 1})
        if self.longest_code == "features" and self.n_bits > features.shape[1]:
            self._refuse("n_bits", f"at most {features.shape[1]}, the number of features")

    def _check_integers(self, least: dict[str, int]) -> None:
        """Raise `InputError` for a parameter that is no integer of at least the given value."""
        for name, low in least.items():
            value = getattr(self, name)
            if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
                self._refuse(name, f"an integer of {low} or more")

    def _check_bounds(self, bounds: dict[str, tuple[float, float]], otherwise: str = "") -> None:
        """Raise `InputError` for a parameter that is no finite number between its bounds, both included.

        ``otherwise`` names what else the caller lets pass.
        """
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not _is_number(value) or not low <= value <= high:
                expected = "a number above 0" if (low, high) == POSITIVE else f"a number from {low} to {high}"
                self._refuse(name, expected + otherwise)

    def _check_pairs(self, least: dict[str, float]) -> None:
        """Raise `InputError` for a parameter that is no pair of finite numbers of at least the given value."""
        for name, low in least.items():
            pair = getattr(self, name)
            is_pair = isinstance(pair, Sequence) and len(pair) == 2 and all(map(_is_number, pair))
            if not is_pair or min(pair) < low:
                self._refuse(name, f"two finite numbers of at least {low}, first and last")

    def _check_flags(self, *names: str) -> None:
        """Raise `InputError` for a parameter that is not True or False: any text, "false" as well, counts as true."""
        for name in names:
            if not isinstance(getattr(self, name), bool | np.bool_):
                self._refuse(name, "True or False (true or false in YAML, without quotes)")

    def _check_choices(self, choices: dict[str, tuple[str, ...]]) -> None:
        """Raise `InputError` for a parameter that is none of its words."""
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                self._refuse(name, f"one of {', '.join(allowed)}")

    def _refuse(self, name: str, expected: str) -> None:
        value = getattr(self, name)
        hint = ""
        if isinstance(value, str) and "a number" in expected and "e" in value:
            hint = " (YAML reads 1e-4 as text: write 1.0e-4)"
        raise InputError(f"{type(self).__name__}: {name} is {value!r}, expected {expected}{hint}")

    @classmethod
    def _get_param_names(cls) -> list[str]:
        """scikit-learn's list of parameters; a constructor that takes ``**others`` has those of the next one too."""
        names: set[str] = set()
        for base in cls.__mro__:
            if "__init__" in vars(base):
                parameters = inspect.signature(vars(base)["__init__"]).parameters.values()
                names.update(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
                if not any(p.kind is p.VAR_KEYWORD for p in parameters):
                    break
        return sorted(names)

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        """Learn several from the same checked input, all that `_check_alike` lets pass."""
        for method in methods:
            method._fit(features, labels, semantics)

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics) -> None:
        """Learn from checked input."""
        raise TypeError(f"{type(self).__name__} has neither _fit nor _fit_many, expected one of them")

    @abstractmethod
    def _encode(self, features: np.ndarray) -> np.ndarray:
        """Encode checked features."""


def _is_number(value: object) -> bool:
    """Whether ``value`` is a finite real number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _check_features(method: HashingMethod, features: np.ndarray, width: int | None = None) -> np.ndarray:
    who, dtype, features = type(method).__name__, method._row_dtype(), np.asarray(features)
    accepted = ("float32", "float64") if dtype == "float32" else (dtype,)
    if (
        features.ndim != 2
        or features.dtype not in accepted
        or (width is not None and features.shape[1] != width)
    ):
        raise InputError(
            f"{who}: features are {features.dtype} of shape {features.shape}, "
            f"expected {dtype} of shape (n, {'d' if width is None else width}), {_ROWS[dtype]}"
        )
    blocks = range(0, len(features), _BLOCK)
    finite = [np.isfinite(features[start : start + _BLOCK]).all(axis=1) for start in blocks]
    bad = ~np.concatenate([np.ones(0, bool), *finite])
    if bad.any():
        raise InputError(
            f"{who}: features have values that are not finite in {bad.sum()} rows, first in row {int(bad.argmax())}: "
            "extract the features again"
        )
    return features


def _check_alike(methods: Sequence[HashingMethod]) -> None:
    """Raise `InputError` unless ``methods`` differ in code length and seed only."""
    first = methods[0].get_params()
    for method in methods[1:]:
        other = method.get_params()
        for name in sorted(first.keys() - {"n_bits", "random_state"}):
            if not _same(first[name], other[name]):
                raise InputError(
                    f"{type(method).__name__}: methods fitted together differ in {name}, {_told(first[name])} and "
                    f"{_told(other[name])}: fit them apart"
                )


def _same(one: Any, other: Any) -> bool:
    """Whether two values of a parameter are equal; arrays are where their shapes and all numbers are."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return one == other


def _told(value: object) -> str:
    """A parameter's value in a sentence."""
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else repr(value)


def _check_training(
    method: HashingMethod, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
) -> tuple[np.ndarray, np.ndarray]:
    who, features, labels = type(method).__name__, _check_features(method, features), np.asarray(labels)
    if labels.shape != (len(features),) or labels.dtype.kind not in "iu":
        raise InputError(
            f"{who}: labels are {labels.dtype} of shape {labels.shape}, expected integers of shape ({len(features)},)"
        )
    classes, expected = np.unique(labels), np.arange(len(semantics.names))
    if len(classes) < 2:
        raise InputError(f"{who}: training labels hold {len(classes)} class, expected two or more")
    if not np.array_equal(classes, expected):
        raise InputError(
            f"{who}: training labels are {classes[:12].tolist()}, expected each of 0..{len(expected) - 1}, "
            f"one for each of the {len(expected)} classes of the semantics"
        )
    return features, labels.astype(np.int64)
