"""The base of the deep methods: trunk, hash layer, start, training budget and encoding. A method adds its loss."""

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np

from mgah.device import choose_device
from mgah.errors import InputError
from mgah.limits import POSITIVE
from mgah.methods.checks import check_varied
from mgah.methods.deep.encoder import EncoderWeights, StackedEncoder, itq_starts, random_start
from mgah.methods.deep.joint_training import JointTraining
from mgah.methods.deep.network import TrainableNetwork, network_width, start_network
from mgah.methods.deep.objective import Objective
from mgah.methods.deep.scaling import NORMS, SCALINGS, FeatureScaling
from mgah.methods.deep.trained_encoder import TrainedEncoder
from mgah.methods.deep.trainer import Schedule
from mgah.methods.trained import FROZEN, NETWORK_ROWS, TRAINED
from mgah.seeds import generator
from mgah.semantics.store import ClassSemantics

_CHOICES = {
    "trainable": ("none", "head", "tail", "all"),
    "feature_norm": NORMS,
    "feature_scaling": SCALINGS,
    "precision": ("auto", "float32", "bfloat16"),
}


class DeepHashing(TrainedEncoder):
    """Base of the deep methods; a subclass implements `_objective` and passes ``**training`` to this constructor.

    Parameters that the papers leave open are marked "Open"; their defaults were chosen by measurement on frozen
    features, and all methods have the same training budget.

    Args:
        n_bits: code length K.
        random_state: seed of weights and batch order. Methods of one seed and one ``init`` start from the same encoder,
            but for those with a head of their own (DNNH) or with normalized outputs (OrthoHash).
        trainable: which layers are trained: ``none``, the hash layer alone, on frozen features; ``head``, a trunk
            before it as well; ``tail``, also the layers of ``network`` that follow its feature maps, on stored maps (5
            epochs are enough); ``all``, the whole of ``network``, on images. Open: the papers fine-tune AlexNet.
        trunk: width of the trunk (a linear layer and ReLU), unless ``trainable`` is ``none``; 0 for no trunk, with
            ``tail`` and ``all`` only. Open.
        dropout: share of the trunk's outputs that are dropped in training; without a trunk of no effect. Open.
        init: start of the hash layer, ``random`` or ``itq`` (rotated principal directions). Open.
        init_scale: standard deviation of z at the start with ``init="itq"``; of no effect where outputs are normalized
            (OrthoHash). Open.
        feature_norm: ``none``, or ``l2`` to scale each row to unit length. Open.
        feature_scaling: what follows ``feature_norm``: ``none``; ``center``, subtract the mean over the training
            images; ``standardize``, divide by their standard deviation as well. With ``tail`` and ``all`` these are
            statistics of the network's features before training, and they stay as they are. Open.
        epochs: number of passes over the training images, where ``steps`` is None. Open.
        steps: number of batches to train on, in place of ``epochs``. An epoch of few images has few batches: 24 for
            1,500 images, 157 for 10,000. Schedules of a method run from its first epoch to its last, whichever sets its
            length; a training of one epoch, or of no more batches than one has, has no schedule and keeps their first
            values.
        batch_size: images in a batch.
        lr: learning rate at the start; it decays exponentially from step to step.
        lr_end: learning rate at the end.
        weight_decay: factor of the weight decay, which is coupled (L2) and acts on every weight. Adam takes it for a
            part of the gradient, so it alone moves weights whose own gradients are much smaller.
        device: ``auto`` (the first of cuda, mps and cpu that is there) or the name of a torch device.
        network: with ``tail`` and ``all``, name of the backbone whose layers are trained, with the statistics of its
            normalization frozen; in a run, the setting's. With ``all`` it gets crops of its ``image_size``: in training
            they are drawn and half of them are mirrored, to encode they are centered.
        network_options: constructor options of that backbone.
        weights: file or folder of the weights from which its training starts; None for those that its package ships.
        network_dropout: with ``tail`` and ``all``, whether the network's own dropout layers drop in training, such as
            half of the inputs of AlexNet's fc6 and fc7. Open.
        new_layer_rate: with ``tail`` and ``all``, factor on the learning rate of the layers that are not the network's.
            Open; 10 is usual.
        precision: type of the network's products: ``float32``, ``bfloat16``, or ``auto``, bfloat16 on GPUs that have
            it. Losses are float32. ``auto`` is by the device that computes, in encoding too: codes of a GPU's bfloat16
            and a CPU's float32 differ in up to one bit of a hundred.

    Attributes:
        hash_weight_: weight of the hash layer of the encoder f, float32 (n_bits, trunk or d).
        hash_bias_: its bias, float32 (n_bits,).
        trunk_weight_: weight of the trunk, float32 (trunk, d); empty without a trunk.
        trunk_bias_: its bias, float32 (trunk,); empty without a trunk.
        feature_mean_: mean that ``feature_scaling`` subtracts, float32 (d,); absent with ``none``.
        feature_deviation_: standard deviation that it divides by, float32 (d,); absent with ``none``.
        network_: with ``tail`` and ``all``, trained weights of the network by torch's names, float32.
        start_weights_: with ``tail`` and ``all``, name and SHA-256 of the file of weights that training started from.
        loss_: mean loss of each epoch, float64 (epochs,); ``steps`` may end the last epoch early.

    Examples:
        >>> from mgah.baselines.dhn import DHN
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = DHN(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape, method.loss_.shape
        ((40, 4), (2,))
        >>> method.trained
        'frozen features, hash layers trained'
        >>> method.cell_notes()[-1]
        "A hidden layer of 8 units before the hash layer is this project's addition."
    """

    #: Values that ``init`` may have.
    inits: ClassVar[tuple[str, ...]] = ("random", "itq")
    #: Code lengths are trained stacked on frozen features; where a network is trained, each model has its own.
    stacks: ClassVar[bool] = True
    history: ClassVar[tuple[str, ...]] = (*TrainedEncoder.history, "start_weights_")
    quick_parameters: ClassVar[Mapping[str, object]] = {"epochs": 2, "trunk": 16, "device": "cpu"}

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
        feature_scaling: str = "none",
        epochs: int = 10,
        steps: int | None = None,
        batch_size: int = 64,
        lr: float = 1e-4,
        lr_end: float = 1e-6,
        weight_decay: float = 5e-4,
        device: str = "auto",
        network: str | None = None,
        network_options: Mapping[str, object] | None = None,
        weights: str | None = None,
        network_dropout: bool = False,
        new_layer_rate: float = 1.0,
        precision: str = "auto",
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.trainable = trainable
        self.trunk = trunk
        self.dropout = dropout
        self.init = init
        self.init_scale = init_scale
        self.feature_norm = feature_norm
        self.feature_scaling = feature_scaling
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.lr = lr
        self.lr_end = lr_end
        self.weight_decay = weight_decay
        self.device = device
        self.network = network
        self.network_options = network_options
        self.weights = weights
        self.network_dropout = network_dropout
        self.new_layer_rate = new_layer_rate
        self.precision = precision

    @classmethod
    @abstractmethod
    def _objective(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        """The loss of ``methods``, one stacked model each, for training ``features`` (n, d) and ``labels`` (n,)."""

    def cell_notes(self) -> tuple[str, ...]:
        """The method's `notes`, and what there is to say of the trunk and of the network's trained layers."""
        notes = list(self.notes)
        if width := self._trunk_width:
            notes.append(f"A hidden layer of {width} units before the hash layer is this project's addition.")
        if self._trains_network:
            what = "What follows the feature maps" if self.trainable == "tail" else "The whole"
            notes.append(f"{what} of {self.network} was trained with the hash layer.")
        return tuple(notes)

    def _row_dtype(self) -> str:
        return NETWORK_ROWS.get(self.trainable, "float32")

    @property
    def trained(self) -> str:
        """Which part of the setting's backbone is trained, by ``trainable``: an entry of `mgah.methods.trained`."""
        return TRAINED.get(self.trainable, FROZEN)

    @property
    def _trunk_width(self) -> int:
        """Width of the trunk, 0 for none."""
        return 0 if self.trainable == "none" else self.trunk

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices(_CHOICES | {"init": self.inits})
        self._check_integers({"epochs": 1, "batch_size": 1})
        self._check_flags("network_dropout")
        if self.steps is not None:
            self._check_integers({"steps": 1})
        if self.trainable != "none":
            self._check_integers({"trunk": 0 if self._trains_network else 1})
        self._check_bounds({"lr": POSITIVE, "lr_end": POSITIVE, "weight_decay": (0, np.inf)})
        self._check_bounds({"dropout": (0, 0.99), "init_scale": POSITIVE, "new_layer_rate": POSITIVE})
        width = features.shape[1]
        if self._trains_network:
            options = self.network_options or {}
            width = network_width(type(self).__name__, self.network, self.trainable, width, options)
        most = min(len(features) - 1, self._trunk_width or width)
        if self.init == "itq" and self.n_bits > most:
            raise InputError(
                f"{type(self).__name__}: n_bits is {self.n_bits}, expected at most {most} with init 'itq'"
            )

    @classmethod
    def _fit_many(
        cls, methods: Sequence[Self], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> None:
        common = methods[0]
        network, start = common._untrained_network() if common._trains_network else (None, None)
        if network and common.network_dropout:
            network.check_drops()
        rows = network.features(features) if network else features
        if not network:  # whose own training may yet tell its images apart
            check_varied(cls.__name__, rows, unit=common.feature_norm == "l2")
        scaling = FeatureScaling.fit(common.feature_norm, common.feature_scaling, rows)
        for method in methods:
            method._keep_scaling(scaling)
        rows = scaling(rows)
        for group in [methods] if cls.stacks and not network else [[method] for method in methods]:
            cls._train(group, copy.deepcopy(network), features, rows, labels, semantics)
            if network:
                group[0].start_weights_ = start

    @classmethod
    def _train(
        cls,
        methods: Sequence[Self],
        network: TrainableNetwork | None,
        features: np.ndarray,
        rows: np.ndarray,
        labels: np.ndarray,
        semantics: ClassSemantics,
    ) -> None:
        """Train stacked ``methods`` on their scaled features ``rows``, or one method and its ``network``.

        With a network ``features`` are the maps or images that enter it, and ``rows`` are its scaled features before
        training.
        """
        common, seeds = methods[0], [method.random_state for method in methods]
        objective = cls._objective(methods, rows, labels, semantics)
        if objective.views > 1 and common.trainable == "tail":
            raise InputError(
                f"{cls.__name__}: trainable is 'tail', where all views of an image are equal, and the loss compares "
                f"{objective.views}: expected none, head or all"
            )
        if network and common.network_dropout:
            network.drop(common.stream("network dropout"))
        training = JointTraining(
            encoder=cls._encoder(methods, rows, labels, objective),
            objective=objective,
            inputs=features if network else rows,
            network=network,
            scaling=common._scaling(),
            crops=common.stream("crops"),
        )
        losses = training.run(labels, seeds, common._schedule(), common.device, common.new_layer_rate)
        for method, weights, loss in zip(methods, training.encoder.weights(), losses.T, strict=True):
            method._keep(weights, rows.shape[1])
            method.loss_ = loss
            if network:
                method.network_ = network.weights()

    def _schedule(self) -> Schedule:
        batch_size = int(self.batch_size)  # torch takes no integer of NumPy
        return Schedule(self.epochs, batch_size, self.lr, self.lr_end, self.weight_decay, self.steps)

    @classmethod
    def _encoder(
        cls, methods: Sequence[Self], rows: np.ndarray, labels: np.ndarray, objective: Objective
    ) -> StackedEncoder:
        """The stacked encoder before training on ``rows`` (n, d) and ``labels`` with ``objective``."""
        starts = cls._starts(methods, rows, labels, objective)
        return StackedEncoder(starts, methods[0].dropout, [method.random_state for method in methods])

    @classmethod
    def _starts(
        cls, methods: Sequence[Self], rows: np.ndarray, labels: np.ndarray, objective: Objective
    ) -> list[EncoderWeights]:
        """The encoder of each method before training; a method with a start of its own overrides this."""
        common, starts = methods[0], [method._start(rows) for method in methods]
        if common.init == "itq":
            return itq_starts(starts, rows, [method.random_state for method in methods], common.init_scale)
        return starts

    def _start(self, rows: np.ndarray) -> EncoderWeights:
        """The randomly drawn encoder, from a stream that no head draws from."""
        stream = self.stream("encoder")
        return random_start(rows.shape[1], self._trunk_width, self.n_bits, stream)

    def stream(self, name: str) -> np.random.Generator:
        """Start the random stream of the consumer ``name``, such as a head of the method, under ``random_state``.

        Examples:
            >>> from mgah.baselines.dhn import DHN
            >>> first, again = (DHN(random_state=1).stream("classifier").random() for _ in range(2))
            >>> first == again, first == DHN(random_state=1).stream("encoder").random()
            (True, False)
        """
        return generator(self.random_state, name)

    def _untrained_network(self) -> tuple[TrainableNetwork, str]:
        """The network before training, and the name and SHA-256 of its weights file."""
        assert self.network is not None  # see `_check_parameters`
        place = choose_device(self.device)
        options = self.network_options or {}
        return start_network(self.network, self.weights, options, self.trainable, self.precision, place)
