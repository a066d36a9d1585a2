"""DOPH, discriminative orthogonal projections for zero-shot hashing (Zhang et al., PRL 2019), reconstructed."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._orthogonal import (
    NOTES,
    ClassCodeProblem,
    check_linear_parameters,
    class_code_problem,
    image_projection,
)
from mgah.baselines._pairs import balanced_mean, distinct, quantization_loss, same_class
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import EncoderWeights, bit_mask, stack, stacked_linear
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics

#: Scale of both branches at their start, the linear solution, and ridge of the semantic one, a share of the model's.
_START_SCALE, _START_RIDGE = 1.5, 0.01


class DOPH(DeepHashing):
    """Images and class semantics projected into one space, where codes of classes are orthogonal.

    The deep model pulls the inner products of images and of embedded class vectors to 1 inside a class and to 0
    between classes. Both branches start at the linear model (`mgah.baselines.doph_linear`), at the same class codes:
    the hash layer as its projection of the layer's input, the semantic branch as that of class vectors. From a
    random start, images whose features share a mean are all drawn to one code, a plateau of the loss that short
    trainings do not leave. The weight decay moves most weights of the semantic branch more than the loss does, so that
    it stays near this start. Known from the paper: the constraints, and that there are two models. Reconstructed: the
    losses, solver, weights and start.

    Args:
        init: start of the hash layer, ``linear``, or one of `mgah.methods.deep.base.DeepHashing`.
        feature_scaling: as there; the linear model centers its features.
        alpha: weight of the semantics in the linear model of the start.
        beta: weight of orthogonal class codes there.
        ridge_features: ridge of its projection of images, in mean eigenvalues of the scatter.
        ridge_semantics: ridge of its projection of class vectors, likewise.
        sweeps: passes over the bits of its class codes at the most; 0 keeps the orthogonal start.
        alpha_deep: weight of the pairs of an image and a class.
        beta_deep: weight of the pairs of two classes.
        quantization: weight of the quantization loss.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = DOPH(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "DOPH (reconstruction)"
    draws_by_class = True
    notes = NOTES
    inits = ("linear", "random", "itq")

    def __init__(
        self,
        *,
        init: str = "linear",
        feature_scaling: str = "center",
        alpha: float = 1.0,
        beta: float = 10.0,
        ridge_features: float = 1.0,
        ridge_semantics: float = 1.0,
        sweeps: int = 50,
        alpha_deep: float = 1.0,
        beta_deep: float = 1.0,
        quantization: float = 0.1,
        **training,
    ) -> None:
        super().__init__(init=init, feature_scaling=feature_scaling, **training)
        self.alpha = alpha
        self.beta = beta
        self.ridge_features = ridge_features
        self.ridge_semantics = ridge_semantics
        self.sweeps = sweeps
        self.alpha_deep = alpha_deep
        self.beta_deep = beta_deep
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        check_linear_parameters(self, features)
        self._check_bounds({name: (0, np.inf) for name in ("alpha_deep", "beta_deep", "quantization")})

    @classmethod
    def _objective(
        cls, methods: Sequence["DOPH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        problem = class_code_problem(methods[0], features, labels, semantics)
        codes = [
            problem.class_codes(method.n_bits, method.sweeps, method.stream("class codes"))[0]
            for method in methods
        ]
        return _DOPHObjective(methods, problem, codes)

    @classmethod
    def _starts(
        cls, methods: Sequence["DOPH"], rows: np.ndarray, labels: np.ndarray, objective: Objective
    ) -> list[EncoderWeights]:
        starts = super()._starts(methods, rows, labels, objective)
        if methods[0].init != "linear":
            return starts
        assert isinstance(objective, _DOPHObjective)  # that of `_objective`
        projections, begun = {}, []
        for method, start, codes in zip(methods, starts, objective.codes, strict=True):
            seed = method.random_state  # those of one seed have one trunk
            if seed not in projections:
                hidden = start.hidden(rows)
                projections[seed] = image_projection(hidden, labels, len(codes), method.ridge_features)
            mean, solution, _ = projections[seed]
            begun.append(start.centered(_START_SCALE * (solution @ codes).T, mean))
        return begun


class _DOPHObjective(Objective):
    """Semantic branch u = tanh(V^T a + v) of stacked models, started at the linear model; dropped to encode."""

    vectors: Tensor
    mask: Tensor

    def __init__(
        self, methods: Sequence[DOPH], problem: ClassCodeProblem, codes: Sequence[np.ndarray]
    ) -> None:
        super().__init__()
        common, lengths = methods[0], [method.n_bits for method in methods]
        self.codes = codes
        vectors = problem.vectors + problem.vector_mean
        ridge = problem.semantic_ridge(_START_RIDGE * common.ridge_semantics)
        weights = [_START_SCALE * (ridge @ code).T for code in codes]
        longest = max(lengths)
        self.weight = stack([weight.astype(np.float32) for weight in weights], longest)
        biases = [(-weight @ problem.vector_mean).astype(np.float32) for weight in weights]
        self.bias = stack(biases, longest)
        self.register_buffer("vectors", torch.from_numpy(vectors.astype(np.float32)))
        self.register_buffer("mask", bit_mask(lengths))
        self.alpha, self.beta, self.quantization = common.alpha_deep, common.beta_deep, common.quantization

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """R_xx + alpha R_xa + beta R_aa + lambda L_q of each model, float (m,)."""
        images = torch.tanh(z)
        classes = torch.tanh(stacked_linear(self.vectors, self.weight, self.bias))
        inner = image_loss(images, labels, self.mask)
        joint = joint_loss(images, classes, labels, self.mask)
        return (
            inner
            + self.alpha * joint
            + self.beta * class_loss(classes, self.mask)
            + self.quantization * quantization_loss(images, self.mask)
        )


def image_loss(images: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """R_xx: relaxed codes (m, n, K) of two images agree wholly inside a class, not at all between classes: (m,)."""
    same = same_class(labels)
    pairs = distinct(images.shape[-2], images.device)
    return balanced_mean(misfit(images, images, same, mask), same, pairs)


def joint_loss(images: Tensor, classes: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """R_xa: the same for images (m, n, K) and classes (m, c, K): (m,)."""
    own = functional.one_hot(labels, classes.shape[-2]).bool()
    return balanced_mean(misfit(images, classes, own, mask), own, torch.ones_like(own))


def class_loss(classes: Tensor, mask: Tensor) -> Tensor:
    """R_aa: the same for two classes (m, c, K), a class with itself included: (m,)."""
    same = torch.eye(classes.shape[-2], dtype=torch.bool, device=classes.device)
    return balanced_mean(misfit(classes, classes, same, mask), same, torch.ones_like(same))


def misfit(left: Tensor, right: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """(<left, right> / K - target)^2 of rows (m, a, K) and (m, b, K), K the bits in ``mask``: (m, a, b)."""
    products = torch.matmul(left, right.transpose(-2, -1))
    return (products / mask.sum(dim=-1, keepdim=True) - target.to(products)) ** 2
