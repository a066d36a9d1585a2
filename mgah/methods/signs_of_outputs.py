"""Methods whose codes are the signs of real outputs, as nearly all are; their queries need not be rounded to bits."""

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from mgah.errors import InputError
from mgah.methods.base import HashingMethod, signs


class SignsOfOutputs(HashingMethod):
    """Base of the methods that compute a real number for every bit; a subclass implements `_outputs`.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> features = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32)
        >>> method = ITQ(n_bits=4).fit(features)
        >>> outputs = method.outputs(features)
        >>> outputs.shape, bool(((outputs >= 0) == (method.encode(features) > 0)).all())
        ((40, 4), True)
    """

    def outputs(self, features: ArrayLike) -> np.ndarray:
        """Compute the outputs for ``features``, rows as in `fit`: float (n, n_bits), whose signs are the codes.

        Raises:
            InputError: before `fit`, for rows as in `encode`, or where the outputs are not finite numbers.
        """
        who, rows = type(self).__name__, self._rows_to_encode(features)
        outputs = self._outputs(rows)
        if outputs.dtype.kind != "f" or outputs.shape != (len(rows), self.n_bits):
            raise InputError(
                f"{who}: _outputs returned {outputs.dtype} of shape {outputs.shape}, expected floating-point numbers "
                f"of shape ({len(rows)}, {self.n_bits})"
            )
        if not np.isfinite(outputs).all():
            raise InputError(
                f"{who}: outputs are not finite: features must have the scale of the training features"
            )
        return outputs

    def _encode(self, features: np.ndarray) -> np.ndarray:
        return signs(self._outputs(features))

    @abstractmethod
    def _outputs(self, features: np.ndarray) -> np.ndarray:
        """Compute the outputs for checked features: float (n, n_bits)."""
