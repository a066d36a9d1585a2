"""The linear model of DOPH (Zhang et al., PRL 2019), reconstructed: a closed form and a search for class codes."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from mgah import seeds
from mgah.baselines._orthogonal import NOTES, check_linear_parameters, class_code_problem
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.normalization import l2_rows
from mgah.semantics.store import ClassSemantics


class DOPHLinear(SignsOfOutputs):
    """Linear projections of images and class semantics onto class codes that are nearly orthogonal.

    The projections have a closed form, and the class codes are searched (`mgah.baselines._orthogonal`). The deep
    model, `mgah.baselines.doph`, starts from the same codes.

    Args:
        n_bits: code length.
        random_state: seed of the first class codes and of the order of the search.
        alpha: weight of the semantics.
        beta: weight of orthogonal class codes.
        ridge_features: ridge of the projection of images, in mean eigenvalues of the scatter.
        ridge_semantics: ridge of the projection of class vectors, likewise.
        sweeps: passes over the bits of the class codes at the most; 0 keeps the orthogonal start.
        feature_norm: ``none`` or ``l2`` rows.

    Attributes:
        hash_weight_: weight of the projection of images, float64 (n_bits, d).
        hash_bias_: its bias, float64 (n_bits,).
        objective_: at the start and after each sweep.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = DOPHLinear(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "DOPH, linear (reconstruction)"
    notes = NOTES
    variant_of = "doph"
    draws_by_class = True

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        alpha: float = 1.0,
        beta: float = 10.0,
        ridge_features: float = 1.0,
        ridge_semantics: float = 1.0,
        sweeps: int = 50,
        feature_norm: str = "none",
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.alpha = alpha
        self.beta = beta
        self.ridge_features = ridge_features
        self.ridge_semantics = ridge_semantics
        self.sweeps = sweeps
        self.feature_norm = feature_norm

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"feature_norm": ("none", "l2")})
        check_linear_parameters(self, features)

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        problem = class_code_problem(methods[0], methods[0]._rows(features), labels, semantics)
        for method in methods:
            random = seeds.generator(method.random_state, "class codes")
            codes, method.objective_ = problem.class_codes(method.n_bits, method.sweeps, random)
            method.hash_weight_ = (problem.feature_ridge @ codes).T
            method.hash_bias_ = -method.hash_weight_ @ problem.feature_mean

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        return self._rows(features) @ self.hash_weight_.T + self.hash_bias_

    def _rows(self, features: np.ndarray) -> np.ndarray:
        rows = np.asarray(features, dtype=np.float32)
        return l2_rows(rows) if self.feature_norm == "l2" else rows
