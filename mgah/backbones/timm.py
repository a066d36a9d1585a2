"""Networks of timm by name, ``timm:vit_small_patch14_dinov2.lvd142m``: their pooled features before the classifier.

Without ``weights``, timm downloads those of the name itself, to its own cache. ``weights`` is a file of them, in any
format that timm converts: safetensors or torch's state dict.
"""

from pathlib import Path
from typing import Any

from mgah.backbones.model_names import check_model, parted
from mgah.backbones.model_names import trained_on as of_published
from mgah.backbones.named_network import NamedNetwork, check_options
from mgah.backbones.weights import read_weights, tensors_sha256, write_random
from mgah.errors import InputError

try:
    import timm
    from timm.data import create_transform, resolve_model_data_config
except ImportError as error:
    raise InputError("backbone timm needs the package timm: pip install 'mgah-benchmark[timm]'") from error


class Timm(NamedNetwork):
    """A network of timm without its classifier, with the transform of its weights.

    Options:
        model: a model, and after a point its weights, timm's first where none are named.
        image_size: side of the input in pixels; by default the weights' own. Position embeddings are resampled.
        trained_on: what the weights were trained on, for the leak marks: ``imagenet1k``, ``nothing`` or ``unknown``. By
            default what the name of the weights tells; of a file its card, or else ``unknown``.
    """

    name = "timm"
    example_model = "mobilenetv4_conv_small_035"

    def __init__(
        self,
        weights: Path | None = None,
        *,
        model: str = "",
        image_size: int | None = None,
        trained_on: str | None = None,
    ) -> None:
        check_model("timm", model)
        check_options(f"timm:{model}", image_size, trained_on)
        self.name = f"timm:{model}"
        file = Path(weights) if weights else None
        network, weights_file, checksum = self._filled(model, file) if file else self._downloaded(model)
        self.model = _with_tag(model, network)
        sizes = {}
        if image_size is not None:
            sizes["input_size"] = (3, image_size, image_size)
            if hasattr(network, "set_input_size"):
                network.set_input_size(img_size=(image_size, image_size))
        transform = create_transform(**resolve_model_data_config(network, sizes), is_training=False)
        known = trained_on or (of_published("timm", self.model) if file is None else "unknown")
        description = f"Features are the pooled ones of timm's {model}, before its classifier, frozen."
        super().__init__(
            network,
            transform,
            description=description,
            trained_on=known,
            weights_file=weights_file,
            weights_sha256=checksum,
            file=file,
        )

    def _downloaded(self, model: str) -> tuple[Any, str, str]:
        """The network without a classifier, with weights that timm downloads, and their name and SHA-256."""
        try:
            network = timm.create_model(model, pretrained=True, num_classes=0)
        except Exception as error:  # hosts fail in many ways
            raise InputError(
                f"weights of {self.name} cannot be loaded ({_reason(error)}): give a file of them with weights, or "
                "connect to the network, from which timm downloads them"
            ) from error
        return network, _with_tag(model, network), tensors_sha256(network.state_dict())

    def _filled(self, model: str, file: Path) -> tuple[Any, str, str]:
        """The network without a classifier, with the weights of ``file``, and the file's name and SHA-256.

        The classifier that the file holds may have any number of classes.
        """
        weights = read_weights(file)
        classifier = timm.get_pretrained_cfg_value(parted(model)[0], "classifier") or "head"
        last = classifier if isinstance(classifier, str) else classifier[0]
        classes = len(weights.state.get(f"{last}.weight", ()))
        # with equal numbers of classes timm refuses names and shapes that differ
        overlay = {"state_dict": weights.state, "num_classes": classes}
        try:
            network = timm.create_model(
                model, pretrained=True, num_classes=classes, pretrained_cfg_overlay=overlay
            )
        except Exception as error:  # each network refuses in its own way
            raise InputError(
                f"weights file {file} does not fit {self.name} ({_reason(error)}): give a state dict of this very "
                "network"
            ) from error
        network.reset_classifier(0)
        return network, file.name, weights.sha256

    @classmethod
    def example_weights(cls, folder: Path) -> Path:
        """Write random weights of a small network to ``folder`` and return their file."""
        return write_random(folder, lambda: timm.create_model(cls.example_model, pretrained=False))


def _with_tag(model: str, network: Any) -> str:
    """The name of the model with that of its weights, which timm chooses where none are named."""
    tag = network.pretrained_cfg.get("tag")
    return f"{parted(model)[0]}.{tag}" if tag else model


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
