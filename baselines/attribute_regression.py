"""Attribute regression, this project's own baseline: codes that foretell the semantics of their class."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._class_loss import margin_loss
from mgah.baselines._pairs import mean_over_bits
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask, stack, stacked_linear, uniform
from mgah.methods.deep.objective import Objective
from mgah.normalization import l2_rows
from mgah.semantics.embedding import class_vectors
from mgah.semantics.store import ClassSemantics


class AttributeRegression(DeepHashing):
    """A cosine classifier on tanh(z), a linear map from it to the class vectors, and inner products like theirs.

    The idea that zero-shot hashing by attributes shares, at the level of an image: COMAE (Zhou et al., 2024) and PIXEL
    (Dong et al., CIKM 2024) add parts that look at places in an image, and their programs differ from their texts. So
    this is neither of them. Class vectors are those of the class semantics, or an embedding of their similarity.

    Args:
        regression: weight of 1 - cos of the mapped code and the vector of its class.
        products: weight of the squared differences between <h, h'> / K and the cosine of the two images' classes.
        quantization: weight of the mean of (|tanh(z)| - 1)^2.
        scale: factor of the cosines with the class weights.
        margin: what the own class's cosine is lowered by.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = AttributeRegression(n_bits=4, trunk=8, epochs=2, device="cpu")
        >>> method.fit(features, labels, semantics).encode(features).shape
        (40, 4)
    """

    label = "Attribute regression"
    draws_by_class = True
    notes = ("Attribute regression is this project's own baseline, not COMAE or PIXEL",)

    def __init__(
        self,
        *,
        regression: float = 1.0,
        products: float = 1.0,
        quantization: float = 1e-3,
        scale: float = 10.0,
        margin: float = 0.2,
        **training,
    ) -> None:
        super().__init__(**training)
        self.regression = regression
        self.products = products
        self.quantization = quantization
        self.scale = scale
        self.margin = margin

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({name: (0, np.inf) for name in ("regression", "products", "quantization")})
        self._check_bounds({"scale": (1e-9, np.inf), "margin": (0, 2)})

    @classmethod
    def _objective(
        cls,
        methods: Sequence["AttributeRegression"],
        features: np.ndarray,
        labels: np.ndarray,
        semantics: ClassSemantics,
    ) -> Objective:
        return _RegressionObjective(methods, l2_rows(class_vectors(semantics)))


class _RegressionObjective(Objective):
    """Class weights (classes, K) and maps to class vectors (s, K) of stacked models; encoding needs neither."""

    mask: Tensor
    vectors: Tensor

    def __init__(self, methods: Sequence[AttributeRegression], vectors: np.ndarray) -> None:
        super().__init__()
        common, lengths = methods[0], [method.n_bits for method in methods]
        classes, s = vectors.shape

        def heads(name: str, rows: int) -> torch.nn.Parameter:
            drawn = [uniform(method.stream(name), (rows, method.n_bits), method.n_bits) for method in methods]
            return stack(drawn, rows, max(lengths))

        self.classifier, self.map = heads("classifier", classes), heads("embedding", s)
        self.bias = stack([np.zeros(s, np.float32)] * len(methods))
        self.register_buffer("mask", bit_mask(lengths))
        self.register_buffer("vectors", torch.from_numpy(vectors.astype(np.float32)))
        self.regression, self.products = common.regression, common.products
        self.quantization, self.scale, self.margin = common.quantization, common.scale, common.margin

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """The four terms of each model, float (m,)."""
        codes, own, bits = torch.tanh(z), self.vectors[labels], self.mask.sum(dim=(-2, -1))
        weights = functional.normalize(self.classifier, dim=-1)
        cosines = torch.matmul(functional.normalize(codes, dim=-1), weights.transpose(-2, -1))
        classes = margin_loss(cosines, labels, self.scale, self.margin)
        mapped = stacked_linear(codes, self.map, self.bias)
        regression = (1 - functional.cosine_similarity(mapped, own.expand_as(mapped), dim=-1)).mean(dim=-1)
        agreements = torch.matmul(codes, codes.transpose(-2, -1)) / bits.view(-1, 1, 1)
        products = torch.square(agreements - torch.matmul(own, own.transpose(-2, -1))).mean(dim=(-2, -1))
        misfit = mean_over_bits(torch.square(codes.abs() - 1), self.mask)
        return classes + self.regression * regression + self.products * products + self.quantization * misfit
