"""What a deep method adds to the shared encoder and trainer: its loss."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor, nn


class Objective(nn.Module):
    """The loss of one deep method, with the layers (heads) that it trains beside the encoder, for m stacked models.

    Heads start as NumPy draws from a stream of the method's (`mgah.methods.deep.base.DeepHashing.stream`) and are
    stacked by `mgah.methods.deep.encoder.stack`. Shorter codes are padded with zeros to the longest, K, so heads must
    keep padded bits at 0 or leave them out (`mgah.methods.deep.encoder.bit_mask`).
    """

    #: With 2, the n rows of a batch enter twice, as two views: images as two crops, frozen features as `view` has them.
    #: `forward` then gets 2 n rows, the first views before the second ones, and the labels twice. Nothing is drawn for
    #: stored feature maps, so that ``trainable: tail`` is refused with two views.
    views: ClassVar[int] = 1
    #: Parameters of the heads on which the weight decay does not act.
    undecayed: tuple[nn.Parameter, ...] = ()

    def begin_batch(self, index: Tensor) -> None:
        """Take the numbers of the training rows of the coming batch, int64 (n,) or (m, n); by default unused."""

    def between_epochs(self, outputs: Callable[[], Tensor]) -> None:
        """Update what is not trained by gradients, before the first epoch and after each; by default nothing.

        ``outputs()`` computes what the encoders give for all N training rows now, without gradients: float (m, N, K).
        """

    def view(self, features: Tensor) -> Tensor:
        """Return one view of frozen ``features``, float (n, d) or (m, n, d); by default the features themselves."""
        return features

    @abstractmethod
    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Compute the losses of the m models on one batch: float (m,), with gradients.

        Args:
            features: rows of the batch, float (n, d) where all models share it, else (m, n, d).
            z: the encoder's outputs, float (m, n, K).
            labels: int64 (n,) or (m, n), as the features are.
            progress: progress of the training, 0 in the first epoch and 1 in the last. In a training of one epoch it is
                0, so that what a schedule changes keeps its first value.
        """
