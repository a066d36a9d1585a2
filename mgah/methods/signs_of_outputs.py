"""Methods whose codes are the signs of real outputs, as nearly all are; their queries need not be rounded to bits."""

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from mgah.errors import InputError
from mgah.methods.base import HashingMethod, signs
from mgah.methods.checks import check_finite


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
        return self._finite_outputs(self._rows_to_encode(features))

    def _encode(self, features: np.ndarray) -> np.ndarray:
        return signs(self._finite_outputs(features))

    def _finite_outputs(self, rows: np.ndarray) -> np.ndarray:
        """The outputs for checked rows, checked themselves: NaN would become the bit -1."""
        who = type(self).__name__
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = self._outputs(rows)
        if outputs.dtype.kind != "f" or outputs.shape != (len(rows), self.n_bits):
            raise InputError(
                f"{who}: _outputs returned {outputs.dtype} of shape {outputs.shape}, expected floating-point numbers "
                f"of shape ({len(rows)}, {self.n_bits})"
            )
        check_finite(who, outputs)
        return outputs

    @abstractmethod
    def _outputs(self, features: np.ndarray) -> np.ndarray:
        """Compute the outputs for checked features: float (n, n_bits)."""
