"""What the deep methods share: trunk, hash layer, start, budget, trainer, encoding. A method adds its loss."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np
from torch import Tensor, nn

from mgah.errors import InputError
from mgah.hashing.contract import POSITIVE, HashingMethod, signs
from mgah.hashing.normalization import l2_rows
from mgah.hashing.quantization import principal_directions
from mgah.method.encoder import EncoderWeights, StackedEncoder, itq_start, random_start
from mgah.method.trainer import Schedule, train
from mgah.semantics.store import ClassSemantics

_CHOICES = {"trainable": ("none", "head", "all"), "init": ("random", "itq"), "feature_norm": ("none", "l2")}


class Objective(nn.Module):
    """The loss of one deep method, with whatever heads it trains beside the encoder, for m stacked models.

    Heads are NumPy draws of ``head_stream``, stacked by `mgah.method.encoder.stack`; shorter codes are padded with
    zeros to the longest, K, so heads must keep padded bits at 0 or leave them out (`mgah.method.encoder.bit_mask`).
    """

    @abstractmethod
    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Losses (m,) of one batch.

        Args:
            features: the batch, (n, d) where all models share it, else (m, n, d).
            z: encoder outputs, (m, n, K).
            labels: int64 (n,) or (m, n).
            progress: 0 in the first epoch, 1 in the last (0 where there is only one).
        """


class DeepHashing(HashingMethod):
    """Base of the deep methods; a subclass implements `_objective` and passes ``**training`` on to here.

    What the papers leave open is marked "open"; the defaults were chosen by measurement on frozen features and are
    one budget for all methods.

    Args:
        n_bits: code length K.
        random_state: seed of weights and batch order. Methods of one seed start from the same encoder.
        trainable: ``none``, the hash layer alone on frozen features; ``head``, a trunk before it as well; ``all``,
            the backbone too, which needs images instead of features. Open: the papers fine-tune AlexNet.
        trunk: width of the trunk (a linear layer and ReLU) with ``trainable="head"``. Open.
        dropout: share of the trunk's outputs dropped in training. Open.
        init: start of the hash layer, ``random`` or ``itq`` (rotated principal directions). Open.
        init_scale: deviation of z at the start with ``init="itq"``. Open.
        feature_norm: ``none`` or ``l2`` rows. Open.
        epochs: passes over the training images. Open.
        batch_size: images a step.
        lr, lr_end: learning rate at the start and at the end, exponential decay per step.
        weight_decay: coupled, on every weight.
        device: ``auto`` (cuda, mps, cpu) or a torch device.

    Attributes:
        hash_weight_, hash_bias_, trunk_weight_, trunk_bias_: the encoder f, float32; no trunk: shape (0, d), (0,).
        loss_: mean loss per epoch, float64 (epochs,).
    """

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        trainable: str = "head",
        trunk: int = 512,
        dropout: float = 0.0,
        init: str = "random",
        init_scale: float = 0.3,
        feature_norm: str = "none",
        epochs: int = 10,
        batch_size: int = 64,
        lr: float = 1e-4,
        lr_end: float = 1e-6,
        weight_decay: float = 5e-4,
        device: str = "auto",
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.trainable = trainable
        self.trunk = trunk
        self.dropout = dropout
        self.init = init
        self.init_scale = init_scale
        self.feature_norm = feature_norm
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.lr_end = lr_end
        self.weight_decay = weight_decay
        self.device = device

    @classmethod
    def _get_param_names(cls) -> list[str]:
        """scikit-learn's list of parameters: the subclass's own and those of the training."""
        own = super()._get_param_names()
        return own if cls is DeepHashing else sorted({*own, *DeepHashing._get_param_names()})

    @classmethod
    @abstractmethod
    def _objective(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        """The loss of ``methods``, one stacked model each, on the training features (n, d) and labels (n,)."""

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices(_CHOICES)
        if self.trainable == "all":
            raise InputError(
                f"{type(self).__name__}: trainable is 'all', which trains on images, but fit was given features: "
                "choose 'head' or 'none'"
            )
        self._check_integers(
            {"epochs": 1, "batch_size": 1} | ({"trunk": 1} if self.trainable == "head" else {})
        )
        self._check_bounds({"lr": POSITIVE, "lr_end": POSITIVE, "weight_decay": (0, np.inf)})
        self._check_bounds({"dropout": (0, 0.99), "init_scale": POSITIVE})
        most = min(len(features) - 1, self.trunk if self.trainable == "head" else features.shape[1])
        if self.init == "itq" and self.n_bits > most:
            raise InputError(
                f"{type(self).__name__}: n_bits is {self.n_bits}, expected at most {most} with init 'itq'"
            )

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        common = methods[0]
        rows = common._normalized(features)
        encoder = cls._encoder(methods, rows)
        objective = cls._objective(methods, rows, labels, semantics)

        def batch_loss(batch: Tensor, batch_labels: Tensor, progress: float) -> Tensor:
            return objective(batch, encoder(batch), batch_labels, progress)

        schedule = Schedule(common.epochs, common.batch_size, common.lr, common.lr_end, common.weight_decay)
        seeds = [method.random_state for method in methods]
        losses = train([encoder, objective], batch_loss, rows, labels, seeds, schedule, common.device)
        for method, weights, loss in zip(methods, encoder.weights(), losses.T, strict=True):
            method._keep(weights, rows.shape[1])
            method.loss_ = loss

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics) -> None:
        self._fit_many([self], features, labels, semantics)

    @classmethod
    def _encoder(cls, methods: Sequence[Self], rows: np.ndarray) -> StackedEncoder:
        """The stacked encoder before training on ``rows`` (n, d)."""
        starts = [method._start(rows) for method in methods]
        if methods[0].init == "itq":
            starts = _itq_starts(methods, starts, rows)
        return StackedEncoder(starts, methods[0].dropout, [method.random_state for method in methods])

    def _start(self, rows: np.ndarray) -> EncoderWeights:
        """The randomly drawn encoder, from a stream that no head draws from."""
        trunk = self.trunk if self.trainable == "head" else 0
        return random_start(rows.shape[1], trunk, self.n_bits, np.random.default_rng([self.random_state, 0]))

    def head_stream(self) -> np.random.Generator:
        """The random stream of the method's own heads."""
        return np.random.default_rng([self.random_state, 2])

    def _keep(self, weights: EncoderWeights, d: int) -> None:
        has_trunk = weights.trunk_weight is not None
        self.hash_weight_, self.hash_bias_ = weights.hash_weight, weights.hash_bias
        self.trunk_weight_ = weights.trunk_weight if has_trunk else np.zeros((0, d), np.float32)
        self.trunk_bias_ = weights.trunk_bias if has_trunk else np.zeros(0, np.float32)

    def _normalized(self, features: np.ndarray) -> np.ndarray:
        rows = np.asarray(features, dtype=np.float32)
        return l2_rows(rows) if self.feature_norm == "l2" else rows

    def _encode(self, features: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            z = self._weights()(self._normalized(features))
        bad = ~np.isfinite(z).all(axis=1)
        if bad.any():
            raise InputError(
                f"{type(self).__name__}: codes of {bad.sum()} rows are not finite, first of row {int(bad.argmax())}: "
                "features must have the scale of the training features"
            )
        return signs(z)

    def _weights(self) -> EncoderWeights:
        """The trained encoder."""
        trunk = (self.trunk_weight_, self.trunk_bias_) if len(self.trunk_bias_) else (None, None)
        return EncoderWeights(self.hash_weight_, self.hash_bias_, *trunk)


def _itq_starts(
    methods: Sequence[DeepHashing], starts: Sequence[EncoderWeights], rows: np.ndarray
) -> list[EncoderWeights]:
    """``starts`` with hash layers set by ITQ; methods of one seed have one trunk and share its directions."""
    longest, shared, begun = max(method.n_bits for method in methods), {}, []
    for method, start in zip(methods, starts, strict=True):
        seed = method.random_state
        if seed not in shared:
            hidden = start.hidden(rows).astype(np.float64)
            shared[seed] = (hidden, *principal_directions(hidden, longest))
        begun.append(itq_start(start, *shared[seed], method.init_scale, seed))
    return begun
