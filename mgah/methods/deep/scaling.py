"""Scaling of features before the encoder: rows to unit length, then centering or standardizing by training images.

The features of a network have a common mean. Where it is large against their spread, most bits of a random hash layer
are equal for all images.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from mgah.normalization import l2_rows
from mgah.normalization_of_tensors import unit_rows

#: Values of the parameters ``feature_norm`` and ``feature_scaling`` of deep methods.
NORMS = ("none", "l2")
SCALINGS = ("none", "center", "standardize")
#: Least deviation that features are divided by, as a share of the largest.
_LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class FeatureScaling:
    """Maps features x to (x - mean) / deviation, after scaling rows to unit length where ``norm`` is ``l2``.

    Attributes:
        norm: one of `NORMS`.
        mean, deviation: mean and standard deviation over the training images, float32 (d,); None where features are
            not centered. The deviation is 1 where they are only centered, and for a feature that is equal in all
            training images; that of any other feature is at least a millionth of the largest, so that a feature that
            hardly ever differs from 0 does not outweigh all others where it does.

    Examples:
        >>> scaling = FeatureScaling.fit("none", "standardize", np.array([[1.0, 5.0], [3.0, 5.0]], np.float32))
        >>> scaling(np.array([[3.0, 5.0], [4.0, 6.0]], np.float32)).tolist()
        [[1.0, 0.0], [2.0, 1.0]]
        >>> scaling.batch(torch.tensor([[3.0, 5.0]])).tolist()
        [[1.0, 0.0]]
        >>> scaling.as_module()(torch.tensor([[3.0, 5.0]])).tolist()
        [[1.0, 0.0]]
    """

    norm: str
    mean: np.ndarray | None = None
    deviation: np.ndarray | None = None

    @classmethod
    def fit(cls, norm: str, scaling: str, features: np.ndarray) -> Self:
        """Return a scaling by ``norm``, of `NORMS`, and ``scaling``, of `SCALINGS`, with statistics of ``features``.

        ``features`` are those of the training images, float (n, d).
        """
        if scaling == "none":
            return cls(norm)
        rows = cls(norm)(features).astype(np.float64)
        fitted = StandardScaler(with_std=scaling == "standardize").fit(rows)
        if scaling == "standardize":
            deviation = np.maximum(fitted.scale_, _LEAST_SHARE * np.sqrt(fitted.var_.max()))
        else:
            deviation = np.ones(rows.shape[1])
        return cls(norm, fitted.mean_.astype(np.float32), deviation.astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Scale ``features``, float (n, d): float32 (n, d)."""
        rows = np.asarray(features, dtype=np.float32)
        rows = l2_rows(rows) if self.norm == "l2" else rows
        return rows if self.mean is None else (rows - self.mean) / self.deviation

    def batch(self, features: Tensor) -> Tensor:
        """Scale a tensor of ``features``, float (n, d): a tensor (n, d) on the same device, with gradients."""
        rows = unit_rows(features) if self.norm == "l2" else features
        if self.mean is None:
            return rows
        mean, deviation = (torch.as_tensor(part, device=rows.device) for part in (self.mean, self.deviation))
        return (rows - mean) / deviation

    def as_module(self) -> nn.Module:
        """Return the scaling as a module of torch that computes `batch`."""
        return Scaling(self)


class Scaling(nn.Module):
    """A `FeatureScaling` as a module of torch.

    Examples:
        >>> Scaling(FeatureScaling("l2"))(torch.tensor([[3.0, 4.0]])).round(decimals=4).tolist()
        [[0.6000000238418579, 0.800000011920929]]
    """

    def __init__(self, scaling: FeatureScaling) -> None:
        super().__init__()
        self.scaling = scaling

    def forward(self, features: Tensor) -> Tensor:
        """Scale ``features``, float (n, d): (n, d)."""
        return self.scaling.batch(features)
