"""What a deep method has learned, as attributes of NumPy arrays, and encoding with it."""

from collections.abc import Mapping

import numpy as np
from torch import nn

from mgah.device import choose_device
from mgah.methods.deep.encoder import EncoderWeights
from mgah.methods.deep.network import TrainableNetwork, trained_network
from mgah.methods.deep.scaling import FeatureScaling
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.methods.trained import NETWORK_ROWS


class TrainedEncoder(SignsOfOutputs):
    """Base of `mgah.methods.deep.base.DeepHashing`, which says what the parameters and the attributes are.

    Examples:
        >>> from mgah.baselines.dhn import DHN
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> method = DHN(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels)
        >>> method.as_module()
        Sequential(
          (0): Scaling()
          (1): SingleEncoder(
            (stacked): StackedEncoder()
          )
        )
    """

    trainable: str
    feature_norm: str
    feature_scaling: str
    device: str
    precision: str
    network: str | None
    network_options: Mapping[str, object] | None
    network_: Mapping[str, np.ndarray]

    def as_module(self) -> nn.Module:
        layers = [self._scaling().as_module(), self._weights().as_module()]
        if self._trains_network:
            layers = [self.trained_network("cpu", precision="float32"), *layers]
        return nn.Sequential(*layers).eval().requires_grad_(False)

    def trained_network(self, device: str | None = None, precision: str | None = None) -> TrainableNetwork:
        """Return the network that the fitted method has trained, with ``trainable`` ``tail`` or ``all``.

        Args:
            device: device of the network; None for the method's own.
            precision: type of its products; None for the method's own.

        Raises:
            InputError: for a device or a precision that is not there.
        """
        assert self.network is not None  # a fitted method that trains a network has one
        place = choose_device(device or self.device)
        options, precision = self.network_options or {}, precision or self.precision
        return trained_network(self.network, self.network_, options, self.trainable, precision, place)

    @property
    def _trains_network(self) -> bool:
        return self.trainable in NETWORK_ROWS

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        rows = self.trained_network().features(features) if self._trains_network else features
        return self._weights()(self._scaling()(rows))

    def _keep(self, weights: EncoderWeights, d: int) -> None:
        """Store the trained encoder of features of the width ``d``."""
        self.hash_weight_, self.hash_bias_ = weights.hash_weight, weights.hash_bias
        self.trunk_weight_, self.trunk_bias_ = np.zeros((0, d), np.float32), np.zeros(0, np.float32)
        if weights.trunk_weight is not None and weights.trunk_bias is not None:
            self.trunk_weight_, self.trunk_bias_ = weights.trunk_weight, weights.trunk_bias

    def _weights(self) -> EncoderWeights:
        """The trained encoder that `_keep` stored."""
        trunk = (self.trunk_weight_, self.trunk_bias_) if len(self.trunk_bias_) else (None, None)
        return EncoderWeights(self.hash_weight_, self.hash_bias_, *trunk)

    def _keep_scaling(self, scaling: FeatureScaling) -> None:
        """Store the scaling of the features."""
        if scaling.mean is not None:
            self.feature_mean_, self.feature_deviation_ = scaling.mean, scaling.deviation

    def _scaling(self) -> FeatureScaling:
        """The scaling of the features that `_keep_scaling` stored."""
        if self.feature_scaling == "none":
            return FeatureScaling(self.feature_norm)
        return FeatureScaling(self.feature_norm, self.feature_mean_, self.feature_deviation_)
