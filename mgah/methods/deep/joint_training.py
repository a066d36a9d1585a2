"""What is trained together: the encoders of stacked models, their loss and, of a single model, its network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.methods.deep.encoder import StackedEncoder
from mgah.methods.deep.network import TrainableNetwork
from mgah.methods.deep.objective import Objective
from mgah.methods.deep.scaling import FeatureScaling
from mgah.methods.deep.trainer import Schedule, train


@dataclass(kw_only=True, eq=False)
class JointTraining:
    """The training of m stacked encoders on features, or of one encoder with the network that computes them.

    Attributes:
        encoder: the encoders.
        objective: their loss.
        inputs: scaled features, float32 (n, d); with a network the maps, float16 (n, d), or images, uint8 (n, d), that
            enter it.
        network: the network that is trained along; None on features.
        scaling: scaling of the network's features; those of ``inputs`` are scaled already.
        crops: where the crops of images are drawn from.
    """

    encoder: StackedEncoder
    objective: Objective
    inputs: np.ndarray
    network: TrainableNetwork | None
    scaling: FeatureScaling
    crops: np.random.Generator

    def run(
        self, labels: np.ndarray, seeds: Sequence[int], schedule: Schedule, device: str, new_layer_rate: float
    ) -> np.ndarray:
        """Train all parts in place and return the mean loss of each epoch, float64 (epochs, m).

        Args:
            labels: int64 (n,).
            seeds: seed of each model, by which its batches are shuffled.
            schedule: length and optimizer of the training.
            device: name of the device, or ``auto``.
            new_layer_rate: with a network, factor on the learning rate of the other parts.

        Raises:
            DivergedError: when the loss or a weight is no longer finite.
        """
        parts: list[tuple[nn.Module, float]] = [(self.encoder, 1.0), (self.objective, 1.0)]
        if self.network:
            parts = [(self.encoder, new_layer_rate), (self.objective, new_layer_rate), (self.network, 1.0)]
        return train(
            modules=[module for module, _ in parts],
            rates=[rate for _, rate in parts],
            batch_loss=self.batch_loss,
            features=self.inputs,
            labels=labels,
            seeds=seeds,
            schedule=schedule,
            device=device,
            between_epochs=lambda: self.objective.between_epochs(self.outputs),
        )

    def batch_loss(self, batch: Tensor, labels: Tensor, index: Tensor, progress: float) -> Tensor:
        """Compute the losses (m,) of a batch, as `mgah.methods.deep.trainer.BatchLoss` says."""
        self.objective.begin_batch(index)
        views = [self.view(batch) for _ in range(self.objective.views)]
        if len(views) == 1:  # as nearly always: nothing is copied
            return self.objective(views[0], self.encoder(views[0]), labels, progress)
        rows, doubled = torch.cat(views, dim=-2), torch.cat([labels] * len(views), dim=-1)
        return self.objective(rows, self.encoder(rows), doubled, progress)

    def view(self, batch: Tensor) -> Tensor:
        """Return one view of a batch of inputs, as the encoder takes it: scaled features, float (n, d) or (m, n, d)."""
        if self.network:
            return self.scaling.batch(self.network(batch, self.crops))
        return self.objective.view(batch)

    def outputs(self) -> Tensor:
        """Compute what the encoders give for all n inputs now, without gradients: float (m, n, K)."""
        rows = self.scaling(self.network.features(self.inputs)) if self.network else self.inputs
        z = [torch.from_numpy(weights(rows)) for weights in self.encoder.weights()]
        longest = max(values.shape[1] for values in z)
        padded = [functional.pad(values, (0, longest - values.shape[1])) for values in z]
        return torch.stack(padded).to(self.encoder.hash_weight)
