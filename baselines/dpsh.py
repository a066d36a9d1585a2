"""DPSH: the pairwise likelihood of a batch against all training images (Li et al., IJCAI 2016)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._all_images import AllImagesObjective
from mgah.baselines._pairs import mean_over_bits
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class DPSH(DeepHashing):
    """Two images are of one class with probability sigmoid(<u, U> / 2): u of the batch, U the last outputs of all.

    Outputs are not squashed. The outputs of all training images are remembered as they were when last computed; at
    first they are those of the untrained network. Uses no class semantics.

    Args:
        quantization: weight of the mean of (sgn(u) - u)^2. The authors' 50 over n B is 50 K / n in this form: 0.12 at
            12 bits and 5,000 images; common copies take 0.1.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> DPSH(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "DPSH"
    uses_semantics = False

    def __init__(self, *, quantization: float = 0.1, **training) -> None:
        super().__init__(**training)
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"quantization": (0, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["DPSH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _DPSHObjective(methods, labels)


class _DPSHObjective(AllImagesObjective):
    """The remembered outputs of stacked models, (m, N, K)."""

    def __init__(self, methods: Sequence[DPSH], labels: np.ndarray) -> None:
        super().__init__(methods, labels)
        self.memory: Tensor | None = None
        self.quantization = methods[0].quantization

    def between_epochs(self, outputs: Callable[[], Tensor]) -> None:
        """Remember the untrained outputs; later ones come from the batches."""
        if self.memory is None:
            self.memory = outputs()

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Pair loss and weighted quantization loss of each model, float (m,)."""
        assert self.memory is not None  # `between_epochs` comes before the first batch
        self.memory = self.memory.scatter(1, self.places(z), z.detach())
        theta = torch.matmul(z, self.memory.transpose(-2, -1)) / 2
        likelihood = (functional.softplus(theta) - self.same_class(labels) * theta).mean(dim=(-2, -1))
        misfit = torch.square(torch.where(z >= 0, 1.0, -1.0) - z)
        return likelihood + self.quantization * mean_over_bits(misfit, self.mask)
