"""OrthoHash: one cross-entropy on cosines with fixed class codes (Hoe et al., NeurIPS 2021)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._class_loss import margin_loss
from mgah.baselines._targets import bernoulli_codes, check_room, separated_codes
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.batch_norm import NormalizedEncoder
from mgah.methods.deep.encoder import stack
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics

_TARGETS = {"bernoulli": bernoulli_codes, "separated": separated_codes}


class OrthoHash(DeepHashing):
    """Batch-normalized z has a large cosine with the code of its own class and small ones with the others.

    The cosines less a margin at the own class, times ``scale``, are logits over the seen classes. There is no
    quantization loss. The normalization folds into the hash layer after training. Uses no class semantics.

    Args:
        targets: class codes, ``bernoulli``: coin flips, drawn again where a code repeats; ``separated``: drawn far
            apart.
        scale: factor of the cosines; the authors' 8.
        margin: what the own class's cosine is lowered by; the authors' 0.2.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> OrthoHash(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "OrthoHash"
    draws_by_class = True
    uses_semantics = False

    def __init__(
        self, *, targets: str = "bernoulli", scale: float = 8.0, margin: float = 0.2, **training
    ) -> None:
        super().__init__(**training)
        self.targets = targets
        self.scale = scale
        self.margin = margin

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"targets": tuple(_TARGETS)})
        self._check_bounds({"scale": (1e-9, np.inf), "margin": (0, 2)})
        check_room(int(labels.max()) + 1, self.n_bits)

    @classmethod
    def _objective(
        cls,
        methods: Sequence["OrthoHash"],
        features: np.ndarray,
        labels: np.ndarray,
        semantics: ClassSemantics,
    ) -> Objective:
        classes, draw = int(labels.max()) + 1, _TARGETS[methods[0].targets]
        codes = [draw(classes, method.n_bits, method.stream("targets")) for method in methods]
        return _OrthoHashObjective(methods, codes)

    @classmethod
    def _encoder(
        cls, methods: Sequence["OrthoHash"], rows: np.ndarray, labels: np.ndarray, objective: Objective
    ) -> NormalizedEncoder:
        starts = cls._starts(methods, rows, labels, objective)
        return NormalizedEncoder(starts, methods[0].dropout, [method.random_state for method in methods])


class _OrthoHashObjective(Objective):
    """The class codes of stacked models, which are not trained."""

    targets: Tensor

    def __init__(self, methods: Sequence[OrthoHash], codes: Sequence[np.ndarray]) -> None:
        super().__init__()
        unit = [(rows / np.sqrt(rows.shape[1])).astype(np.float32) for rows in codes]
        longest = max(rows.shape[1] for rows in unit)
        self.register_buffer("targets", stack(unit, len(unit[0]), longest).detach())
        self.scale, self.margin = methods[0].scale, methods[0].margin

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Cross-entropy of each model, float (m,)."""
        cosines = torch.matmul(functional.normalize(z, dim=-1), self.targets.transpose(-2, -1))
        return margin_loss(cosines, labels, self.scale, self.margin)
