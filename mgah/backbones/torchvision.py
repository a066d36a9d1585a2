"""Networks of torchvision by name, ``torchvision:resnet50.IMAGENET1K_V2``: the input of the last layer, the classifier.

``weights`` is a folder that holds the published file or that it is downloaded to, or a state-dict file of the same
network, safetensors or torch's, whose classifier may have any number of classes or be left out.
"""

import inspect
from pathlib import Path

from torch import nn
from torchvision.models import get_model, get_model_weights

from mgah.backbones.model_names import FIRST, check_model, parted
from mgah.backbones.model_names import trained_on as of_published
from mgah.backbones.named_network import NamedNetwork, check_options
from mgah.backbones.weights import checksum_prefix, fill, read_published, read_weights, write_random
from mgah.errors import InputError
from mgah.needs import Need

#: Classifiers beside the last layer, which serve training only.
_AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")


class Torchvision(NamedNetwork):
    """A network of ``torchvision.models`` with the weights of a named entry and their own transform.

    Options:
        model: a model, and after a point an entry of its weights, ``IMAGENET1K_V1`` where none is named.
        image_size: side of the input in pixels; images are resized by as much more as in the weights' own transform,
            and the center is cut out. By default the weights' own.
        trained_on: what the weights were trained on, for the leak marks: ``imagenet1k``, ``nothing`` or ``unknown``. By
            default what is known of the published file, the card beside a file that has one, or else ``unknown``.
    """

    name = "torchvision"
    example_model = "squeezenet1_1"

    def __init__(
        self,
        weights: Path | None = None,
        *,
        model: str = "",
        image_size: int | None = None,
        trained_on: str | None = None,
    ) -> None:
        check_model("torchvision", model)
        check_options(f"torchvision:{model}", image_size, trained_on)
        entry = _entry(model)
        name, self.model = parted(model)[0], f"{parted(model)[0]}.{entry.name}"
        self.name = f"torchvision:{self.model}"
        published = entry.url.rsplit("/", 1)[1]
        if weights is None:
            raise InputError(
                f"backbone {self.name} needs weights: give a folder, into which {published} (SHA-256 starts with "
                f"{checksum_prefix(published)}) is downloaded, or a state-dict file"
            )
        weights = Path(weights)
        local = weights.suffix and not weights.is_dir()
        loaded = read_weights(weights) if local else read_published(weights, entry.url)
        network = get_model(name, weights=None, **_as_published(name, entry))
        last = _drop_classifier(network)
        fill(network, loaded, (f"{last}.", *_AUXILIARY))
        is_published = loaded.sha256.startswith(checksum_prefix(published))
        known = trained_on or (of_published("torchvision", self.model) if is_published else "unknown")
        transform = entry.transforms(**_resized(entry, image_size))
        description = f"Features are the input of the classifier of torchvision's {name}, frozen."
        super().__init__(
            network,
            transform,
            description=description,
            trained_on=known,
            weights_file=loaded.file.name,
            weights_sha256=loaded.sha256,
            file=loaded.file,
        )

    @classmethod
    def needs(cls, weights: str | None, **options: object) -> tuple[Need, ...]:
        if not weights or Path(weights).suffix:
            return super().needs(weights)
        check_model("torchvision", options.get("model"))
        entry = _entry(str(options["model"]))
        file = f"{weights}/{entry.url.rsplit('/', 1)[1]}"
        size = f"{entry.meta['_file_size']:.0f} MB"
        what = f"weights of torchvision:{options['model']}"
        return (Need(what, size, entry.url, f"{file} into the data folder", (file,), url=entry.url),)

    @classmethod
    def example_weights(cls, folder: Path) -> Path:
        """Write random weights of a small network to ``folder`` and return their file."""
        return write_random(folder, lambda: get_model(cls.example_model, weights=None))


def _entry(model: str):
    """The entry of weights that the name of a model says."""
    name, weights = parted(model)
    entries = {entry.name: entry for entry in get_model_weights(name)}
    if (weights or FIRST) not in entries:
        raise InputError(
            f"torchvision:{name} has no weights {FIRST}, expected one of {', '.join(entries)} after a point, as in "
            f"torchvision:{name}.{next(iter(entries))}"
        )
    return entries[weights or FIRST]


def _as_published(name: str, entry) -> dict[str, object]:
    """The arguments with which torchvision builds a network for the weights of ``entry``, but those of training."""
    if name in ("googlenet", "inception_v3"):
        # they expect pixels in [-1, 1]: transform_input gets there from ImageNet's mean
        return {"transform_input": True, "aux_logits": False, "init_weights": False}
    return {"image_size": entry.meta["min_size"][0]} if name.startswith("vit_") else {}


def _drop_classifier(network: nn.Module) -> str:
    """Replace the last layer that has weights, the classifier, by the identity; return its name."""
    layers = [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    network.set_submodule(layers[-1], nn.Identity())
    return layers[-1]


def _resized(entry, image_size: int | None) -> dict[str, object]:
    """The arguments of the transform of ``entry`` for another side of the input."""
    if image_size is None:
        return {}
    own = inspect.signature(entry.transforms).parameters
    ratio = own["resize_size"].default / own["crop_size"].default
    return {"crop_size": image_size, "resize_size": round(image_size * ratio)}
