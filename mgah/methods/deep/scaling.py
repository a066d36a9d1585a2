"""What features go through before the encoder: rows at unit length, then centered or standardized by training images.

Features of a network share a mean, and a hash layer sees little else at its start: where the mean is large against
the spread, most bits are equal for all images.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn import functional

from mgah.methods.normalization import l2_rows

#: Choices of the parameters ``feature_norm`` and ``feature_scaling``.
NORMS = ("none", "l2")
SCALINGS = ("none", "center", "standardize")


@dataclass(frozen=True)
class FeatureScaling:
    """(x - mean) / deviation of features x, whose rows first go to unit length with ``norm`` ``l2``.

    Attributes:
        norm: one of `NORMS`.
        mean, deviation: of the training images, float32 (d,); None where nothing is subtracted.
            The deviation is 1 where features are only centered, and of a value that all training images share.

    Example:
        >>> scaling = FeatureScaling.fit("none", "standardize", np.array([[1.0, 5.0], [3.0, 5.0]], np.float32))
        >>> scaling(np.array([[3.0, 5.0], [4.0, 6.0]], np.float32)).tolist()
        [[1.0, 0.0], [2.0, 1.0]]
    """

    norm: str
    mean: np.ndarray | None = None
    deviation: np.ndarray | None = None

    @classmethod
    def fit(cls, norm: str, scaling: str, features: np.ndarray) -> Self:
        """Learn the statistics that ``scaling``, one of `SCALINGS`, needs from training features (n, d)."""
        if scaling == "none":
            return cls(norm)
        rows = cls(norm)(features).astype(np.float64)
        fitted = StandardScaler(with_std=scaling == "standardize").fit(rows)
        deviation = np.ones(rows.shape[1]) if fitted.scale_ is None else fitted.scale_
        return cls(norm, fitted.mean_.astype(np.float32), deviation.astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Scaled features, float32 (n, d), of ``features`` (n, d)."""
        rows = np.asarray(features, dtype=np.float32)
        rows = l2_rows(rows) if self.norm == "l2" else rows
        return rows if self.mean is None else (rows - self.mean) / self.deviation

    def batch(self, features: Tensor) -> Tensor:
        """The same of a tensor (n, d), with gradients, on its device."""
        rows = functional.normalize(features, dim=-1) if self.norm == "l2" else features
        if self.mean is None:
            return rows
        mean, deviation = (torch.as_tensor(part, device=rows.device) for part in (self.mean, self.deviation))
        return (rows - mean) / deviation
