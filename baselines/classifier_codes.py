"""Control: the output of a classifier of the seen classes, encoded (Sablayrolles et al., ICASSP 2017)."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from mgah import seeds
from mgah.baselines._targets import can_tell_apart, smallest_distance
from mgah.errors import InputError
from mgah.limits import POSITIVE
from mgah.methods.base import HashingMethod
from mgah.methods.checks import check_finite


class ClassifierCodes(HashingMethod):
    """Every image gets the codeword of the seen class that a linear classifier takes it for.

    The trivial rival: on seen classes it beats many supervised methods, and on unseen ones it shows what mere
    class assignment is worth. Multinomial logistic regression on standardized features.

    Args:
        n_bits: code length; 2 ** n_bits must reach the number of classes.
        random_state: seed of the codewords.
        regularization: weight of the squared norm, per training row (scikit-learn's 1 / (n C)).

    Attributes:
        weight_: weight of the classifier on raw features, float64 (c, d).
        bias_: its bias, float64 (c,).
        codewords_: int8 (c, n_bits), far apart from each other.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ClassifierCodes(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "Classifier output, encoded"
    control = True
    draws_by_class = True
    uses_semantics = False
    notes = ("control: the predicted seen class as a codeword",)

    def __init__(self, *, n_bits: int = 32, random_state: int = 0, regularization: float = 1e-3) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.regularization = regularization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"regularization": POSITIVE})
        if np.isinf(self.regularization * len(features)):
            self._refuse(
                "regularization", "a number whose product with the number of training rows is finite"
            )
        classes = int(labels.max()) + 1
        if not can_tell_apart(classes, self.n_bits):
            raise InputError(
                f"ClassifierCodes: {self.n_bits} bits cannot tell {classes} classes apart, "
                f"expected n_bits of {int(np.ceil(np.log2(classes)))} or more"
            )

    @classmethod
    def _fit_many(
        cls, methods: Sequence["ClassifierCodes"], features: np.ndarray, labels: np.ndarray, semantics
    ) -> None:
        classifier = _classifier(features, labels, methods[0].regularization)
        weight, bias = _on_raw_features(classifier)
        for method in methods:
            method.weight_, method.bias_ = weight, bias
            method.codewords_ = _codewords(len(weight), method.n_bits, method.random_state)

    def _encode(self, features: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            logits = features @ self.weight_.T + self.bias_
        check_finite("ClassifierCodes", logits)
        return self.codewords_[logits.argmax(axis=1)]


def _classifier(features: np.ndarray, labels: np.ndarray, regularization: float) -> Pipeline:
    logistic = LogisticRegression(C=1 / (regularization * len(features)), max_iter=200, tol=1e-3)
    return make_pipeline(StandardScaler(), logistic).fit(features, labels)


def _on_raw_features(classifier: Pipeline) -> tuple[np.ndarray, np.ndarray]:
    """The classifier's weight and bias with the standardization folded in; two classes get a row each."""
    scaler, logistic = classifier[0], classifier[1]
    coefficients, intercept = logistic.coef_, logistic.intercept_
    if len(coefficients) == 1:
        coefficients, intercept = np.vstack([-coefficients, coefficients]), np.hstack([-intercept, intercept])
    weight = coefficients / scaler.scale_
    return weight, intercept - weight @ scaler.mean_


def _codewords(classes: int, n_bits: int, random_state: int, draws: int = 256) -> np.ndarray:
    """Of ``draws`` random sets of distinct codewords, the one whose closest pair is farthest apart."""
    random = seeds.generator(random_state, "codewords")
    sets = (_distinct_words(classes, n_bits, random) for _ in range(draws))
    return max(sets, key=lambda words: smallest_distance(words.astype(float)))


def _distinct_words(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Codewords (classes, n_bits) without a repetition: distinct numbers on up to 16 bits, coin flips on the rest."""
    counted = min(n_bits, 16)
    numbers = random.permutation(2**counted)[:classes]
    bits = (numbers[:, None] >> np.arange(counted)) & 1
    coins = random.integers(0, 2, size=(classes, n_bits - counted))
    return np.where(np.hstack([bits, coins]), np.int8(1), np.int8(-1))
