"""The contract of a hashing method, in scikit-learn's conventions.

A method is one subclass of `HashingMethod` in a module of ``baselines`` or in a file outside the project (MGAH is
the package ``mgah.methods.mgah``); its name in a config is the module's (`mgah.registry`). It gets training features,
training labels and the semantics of the seen classes, and nothing else.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from mgah import limits
from mgah.errors import InputError
from mgah.methods.checks import (
    check_alike,
    check_class,
    check_codes,
    check_stored,
    checked_features,
    checked_training,
)
from mgah.methods.parameters import constructor_parameters, shown
from mgah.methods.trained import FROZEN
from mgah.semantics.store import ClassSemantics

if TYPE_CHECKING:  # many methods compute without torch, and their jobs do not load it
    from torch import nn

#: Longest code.
MAX_BITS = 1 << 16


def signs(values: np.ndarray) -> np.ndarray:
    """Codes of real ``values`` of any shape: int8 of that shape, +1 where a value is 0 or above, else -1 (equation 1).

    Examples:
        >>> signs(np.array([-0.5, 0.0, 2.0])).tolist()
        [-1, 1, 1]
    """
    return np.where(values >= 0, np.int8(1), np.int8(-1))


class HashingMethod(BaseEstimator, ABC):
    """Learns a hash function on seen classes that maps features to codes of ``n_bits`` bits.

    Subclasses take keyword-only constructor parameters, among them ``n_bits`` and ``random_state``, store them
    unchanged, and implement `_encode` and one of `_fit` and `_fit_many`, the latter where code lengths share work.
    Learned state is kept in attributes whose names end in ``_``; those that encoding needs are NumPy arrays, so that
    the file of a model holds numbers and no code.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ITQ(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape, method.trained, method.cell_notes()
        ((40, 4), 'frozen features', ())
        >>> method.as_module()
        Projection()
    """

    #: Display name in tables and figures.
    label: ClassVar[str]
    #: Sentences that belong beside every number of this method (a reconstruction, a control, ...).
    notes: ClassVar[tuple[str, ...]] = ()
    #: Learned attributes that describe the training and that encoding does not need: the card of a model holds them,
    #: in this order, and its file of arrays does not. ``loss_`` is the mean loss of each epoch and ``objective_`` the
    #: course of what a method optimizes; a method that learns others of the kind extends the tuple.
    history: ClassVar[tuple[str, ...]] = ("loss_", "objective_")

    # The attributes below are read from the source by `mgah.registry`, which takes literals alone. The contract tests
    # check that a class behaves as they say.

    #: Whether the method only shows what no learning, or no hashing, gives: a control is never marked as the best, and
    #: no method is judged against it.
    control: ClassVar[bool] = False
    #: Name of the method that this one is another form of, "" for none: only one of the two is judged against.
    variant_of: ClassVar[str] = ""
    #: Whether nothing is drawn, so that another ``random_state`` gives the same codes.
    deterministic: ClassVar[bool] = False
    #: Whether something is drawn for each class in turn, so that the same classes under other labels give other codes.
    draws_by_class: ClassVar[bool] = False
    #: Whether codes depend on the labels.
    uses_labels: ClassVar[bool] = True
    #: Whether codes depend on the class semantics.
    uses_semantics: ClassVar[bool] = True
    #: What bounds the code length: ``features``, their number d; ``anchors``, their number; or "" for no bound. A code
    #: longer than the features are many is refused by this class, any other bound is checked by the method itself.
    longest_code: ClassVar[str] = ""
    #: Whether `fit_many` trains code lengths in one computation, whose sums may round differently from separate ones.
    stacks: ClassVar[bool] = False
    #: Parameters with which the contract tests fit the method on 160 rows in under a second.
    quick_parameters: ClassVar[Mapping[str, object]] = {}

    def fit(
        self, features: ArrayLike, labels: ArrayLike | None = None, semantics: ClassSemantics | None = None
    ) -> Self:
        """Learn the hash function from training images of seen classes and return the method itself.

        What an earlier fit has learned is removed first, so that a fit that fails leaves a method that is not fitted.

        Args:
            features: float32 or float64 (n, d), finite, and no larger than float32 can be; a method that trains a
                network's layers takes feature maps, float16 (n, d), or square images, uint8 (n, 3 * side^2), in their
                stead.
            labels: integers (n,) from 0 to c - 1, or names of the semantics' classes; every class has an image. Without
                semantics any integers or text. None for a method with ``uses_labels`` False.
            semantics: class semantics of the c seen classes, in the order of the labels. None for a method with
                ``uses_semantics`` False.

        Raises:
            InputError: for another shape, values that are not finite, fewer than two classes, labels that are not
                exactly 0..c-1, labels or semantics that are missing, or parameters that do not fit the data.
        """
        return type(self).fit_many([self], features, labels, semantics)[0]

    @classmethod
    def fit_many(
        cls,
        methods: Sequence[Self],
        features: ArrayLike,
        labels: ArrayLike | None = None,
        semantics: ClassSemantics | None = None,
    ) -> Sequence[Self]:
        """Fit ``methods`` that differ in ``n_bits`` and ``random_state`` only on the same data, and return them.

        Each learns what `fit` would teach it alone (`stacks` says where sums may round differently); what the methods
        share is computed once. The other arguments and the errors are those of `fit`.

        Raises:
            InputError: also for methods that differ in another parameter or are of another class, or for none.

        Examples:
            >>> from mgah.baselines.itq import ITQ
            >>> features, labels = np.random.default_rng(0).standard_normal((40, 8)), np.arange(40) % 4
            >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
            >>> short, long = ITQ.fit_many([ITQ(n_bits=2), ITQ(n_bits=4)], features, labels, semantics)
            >>> short.encode(features).shape, long.encode(features).shape
            ((40, 2), (40, 4))
        """
        check_class(cls, methods)
        for method in methods:
            method._forget()
        try:
            rows, classes, semantics = cls.check_many(methods, features, labels, semantics)
            # one thread: sums of several round otherwise, and no learned bit may depend on their number
            with threadpool_limits(1, user_api="blas"):
                cls._fit_many(methods, rows, classes, semantics)
        except BaseException:
            for method in methods:
                method._forget()
            raise
        for method in methods:
            method.n_features_in_ = rows.shape[1]
        return methods

    @classmethod
    def check_many(
        cls,
        methods: Sequence[Self],
        features: ArrayLike,
        labels: ArrayLike | None = None,
        semantics: ClassSemantics | None = None,
    ) -> tuple[np.ndarray, np.ndarray, ClassSemantics]:
        """Check what `fit_many` is given, which does so first, and return features, labels and semantics to learn from.

        They are float (n, d), or rows of another dtype, and int64 (n,) and of the c classes. Nothing is fitted. The
        arguments and the errors are those of `fit_many`.

        Examples:
            >>> from mgah.baselines.itq import ITQ
            >>> ITQ.check_many([ITQ(n_bits=9)], np.eye(8))
            Traceback (most recent call last):
                ...
            mgah.errors.InputError: ITQ: n_bits is 9, expected at most 8, the number of features
        """
        for method in methods:
            check_stored(method)
        check_alike(methods)
        rows, classes, semantics = checked_training(methods[0], features, labels, semantics)
        for method in methods:
            method._check_parameters(rows, classes)
        return rows, classes, semantics

    def encode(self, features: ArrayLike) -> np.ndarray:
        """Encode ``features``, rows as in `fit`: int8 (n, n_bits) of -1 and +1.

        The code of a row does not depend on the other rows.

        Raises:
            InputError: before `fit`, for rows of another width or dtype or with values that are not finite, or where
                the method's own ``_encode`` returns anything but codes.
        """
        rows = self._rows_to_encode(features)
        codes = self._encode(rows)
        check_codes(self, codes, len(rows))
        return codes

    def as_module(self) -> "nn.Module":
        """Return the fitted method as a module of torch, from which an encoder in another format is made.

        It maps rows as `encode` takes them, (n, d), to outputs, float (n, n_bits), whose signs are the codes. It lies
        on the CPU and computes in full precision. By default a method has none.

        Raises:
            InputError: for a method that has none.
        """
        raise InputError(
            f"{type(self).__name__} has no as_module, which another format is made from: encode with mgah encode"
        )

    def __repr__(self) -> str:
        """The method as Python would write it: its class's own parameters, and others where they differ."""
        return shown(self)

    @property
    def trained(self) -> str:
        """Which part of the setting's backbone the method trains, as tables print it: by default "frozen features"."""
        return FROZEN

    def cell_notes(self) -> tuple[str, ...]:
        """Sentences that belong beside every number of this method with these parameters: by default `notes`."""
        return self.notes

    def _row_dtype(self) -> str:
        """The dtype of the rows that `fit` and `encode` take; a method that takes float32 takes float64 as well."""
        return "float32"

    def _forget(self) -> None:
        """Remove all that the method has learned: a fit that fails leaves a method that is not fitted."""
        parameters = self._get_param_names()
        for name in list(vars(self)):
            if name.endswith("_") and name not in parameters:
                delattr(self, name)

    def _rows_to_encode(self, features: ArrayLike) -> np.ndarray:
        """Check ``features`` that the fitted method shall encode, and return them as `_encode` takes them."""
        if not hasattr(self, "n_features_in_"):
            raise InputError(f"{type(self).__name__} must be fitted before it encodes")
        return checked_features(self, features, self.n_features_in_)

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        """Raise `InputError` for parameters that do not fit the data; subclasses extend it by their own."""
        self._check_integers({"n_bits": 1, "random_state": 0})
        if self.n_bits > MAX_BITS:
            self._refuse("n_bits", f"at most {MAX_BITS:,}")
        if self.longest_code == "features" and self.n_bits > features.shape[1]:
            self._refuse("n_bits", f"at most {features.shape[1]}, the number of features")

    def _check_integers(self, least: dict[str, int]) -> None:
        """Raise `InputError` for a parameter that is no integer of at least the given value."""
        for name, low in least.items():
            self._check(name, limits.integer(getattr(self, name), low))

    def _check_bounds(self, bounds: dict[str, tuple[float, float]], otherwise: str = "") -> None:
        """Raise `InputError` for a parameter that is no finite number between its bounds, both included.

        ``otherwise`` ends the error's sentence: what the method accepts besides, and has checked for itself.
        """
        for name, low_and_high in bounds.items():
            self._check(name, limits.bounded(getattr(self, name), low_and_high), otherwise)

    def _check_pairs(self, bounds: dict[str, tuple[float, float]]) -> None:
        """Raise `InputError` for a parameter that is no pair of numbers between its bounds, both included."""
        for name, low_and_high in bounds.items():
            self._check(name, limits.pair(getattr(self, name), low_and_high))

    def _check_flags(self, *names: str) -> None:
        """Raise `InputError` for a parameter that is not True or False: any text, "false" as well, counts as true."""
        for name in names:
            self._check(name, limits.flag(getattr(self, name)))

    def _check_choices(self, choices: dict[str, tuple[str, ...]], otherwise: str = "") -> None:
        """Raise `InputError` for a parameter whose value is none of its choices.

        ``otherwise`` ends the error's sentence, such as with the reason.
        """
        for name, allowed in choices.items():
            self._check(name, limits.choice(getattr(self, name), allowed), otherwise)

    def _check(self, name: str, expected: str, otherwise: str = "") -> None:
        """Refuse the value of a parameter where something else is expected."""
        if expected:
            self._refuse(name, expected + otherwise)

    def _refuse(self, name: str, expected: str) -> None:
        value = getattr(self, name)
        hint = limits.hint(value, expected)
        raise InputError(f"{type(self).__name__}: {name} is {value!r}, expected {expected}{hint}")

    @classmethod
    def _get_param_names(cls) -> list[str]:
        """Names of the constructor's parameters, sorted, as scikit-learn asks for them.

        A constructor that takes ``**others`` has the parameters of the base class's constructor as well.
        """
        return sorted({name for parameters in constructor_parameters(cls) for name in parameters})

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        """Learn several methods, which `check_alike` has compared, from the same checked input."""
        for method in methods:
            method._fit(features, labels, semantics)

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics) -> None:
        """Learn from checked input."""
        raise TypeError(f"{type(self).__name__} has neither _fit nor _fit_many, expected one of them")

    @abstractmethod
    def _encode(self, features: np.ndarray) -> np.ndarray:
        """Encode checked features."""
