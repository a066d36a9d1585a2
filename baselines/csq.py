"""CSQ, central similarity quantization: images are drawn to the center of their class (Yuan et al., CVPR 2020)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._pairs import mean_over_bits
from mgah.baselines._targets import check_hadamard_room, hadamard_codes
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask, stack
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class CSQ(DeepHashing):
    """Bits of tanh(z) as probabilities, with the bits of the class's center as their targets. Uses no class semantics.

    The authors' centers are the first rows of [H; -H] with a Hadamard matrix H, which at nine classes and 32 bits leave
    2 bits constant and repeat the others; here rows and signs are drawn (`mgah.baselines._targets.hadamard_codes`).

    Args:
        quantization: weight of the mean of (|tanh(z)| - 1)^2.
        feature_scaling: as for all deep methods, but centered: a center has as many bits of either sign, and a short
            training on features with a common mean ends between the start and the centers. The authors' program does
            not center; `mgah.baselines.shc.SHC`, which has the same loss, does not here, so that the two differ in
            more than their centers.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> CSQ(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "CSQ"
    draws_by_class = True
    uses_semantics = False
    notes = ("CSQ draws the rows and signs of its Hadamard centers, as the authors' first rows repeat bits",)

    def __init__(self, *, quantization: float = 1e-3, feature_scaling: str = "center", **training) -> None:
        super().__init__(feature_scaling=feature_scaling, **training)
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"quantization": (0, np.inf)})
        check_hadamard_room(int(labels.max()) + 1, self.n_bits)

    @classmethod
    def _objective(
        cls, methods: Sequence["CSQ"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        classes = int(labels.max()) + 1
        centers = [hadamard_codes(classes, method.n_bits, method.stream("centers")) for method in methods]
        return CenterObjective(centers, methods[0].quantization)


class CenterObjective(Objective):
    """The loss of stacked models with given hash centers, -1 and +1, float (classes, n_bits) each; not trained."""

    mask: Tensor
    centers: Tensor

    def __init__(self, centers: Sequence[np.ndarray], quantization: float) -> None:
        super().__init__()
        lengths = [rows.shape[1] for rows in centers]
        self.register_buffer("mask", bit_mask(lengths))
        stacked = stack([rows.astype(np.float32) for rows in centers], len(centers[0]), max(lengths))
        self.register_buffer("centers", stacked.detach())
        self.quantization = quantization

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Central similarity and weighted quantization loss of each model, float (m,)."""
        own = self.centers[:, labels] if labels.ndim == 1 else self._own(labels)
        # the binary cross-entropy of (1 + tanh z) / 2 with the target (1 + c) / 2, without overflow
        central = functional.softplus(-2 * own * z)
        misfit = (torch.tanh(z).abs() - 1) ** 2
        return mean_over_bits(central + self.quantization * misfit, self.mask)

    def _own(self, labels: Tensor) -> Tensor:
        """The centers (m, n, K) of labels that differ between models, (m, n)."""
        models = torch.arange(len(labels), device=labels.device).unsqueeze(1)
        return self.centers[models, labels]
