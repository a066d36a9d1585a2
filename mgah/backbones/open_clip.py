"""Image encoders of OpenCLIP by name, ``open_clip:ViT-B-32.laion2b_s34b_b79k``: the image's embedding, not normalized.

Without ``weights``, open_clip downloads those of the name itself, to its own cache. ``weights`` is a file of them,
safetensors or torch's state dict, of the whole model or of its image encoder.
"""

import logging
from pathlib import Path

from torch import Tensor, nn

from mgah.backbones.model_names import check_model, parted
from mgah.backbones.named_network import NamedNetwork, check_options
from mgah.backbones.weights import Weights, fill, read_weights, tensors_sha256, write_random
from mgah.errors import InputError
from mgah.near import near

try:
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict
except ImportError as error:
    raise InputError(
        "backbone open_clip needs the package open_clip: pip install 'mgah-benchmark[open_clip]'"
    ) from error

#: First part of the names of the image encoder's weights in the whole model.
_VISUAL = "visual."


class OpenClip(NamedNetwork):
    """The image encoder of a model of OpenCLIP up to the space that it shares with texts.

    Options:
        model: a model, and after a point its weights. Those may be left out where ``weights`` is a file; the transform
            is then the model's own.
        image_size: side of the input in pixels; by default the model's own. Position embeddings are resampled.
        trained_on: what the weights were trained on, for the leak marks: ``imagenet1k``, ``nothing`` or ``unknown``. By
            default the card beside a file, or else ``unknown``: pairs of images and texts have no list of classes.
    """

    name = "open_clip"
    example_model = "ViT-S-32"

    def __init__(
        self,
        weights: Path | None = None,
        *,
        model: str = "",
        image_size: int | None = None,
        trained_on: str | None = None,
    ) -> None:
        check_model("open_clip", model)
        check_options(f"open_clip:{model}", image_size, trained_on)
        self.model, self.name = model, f"open_clip:{model}"
        name, tag = parted(model)
        _check_tag(name, tag, weights)
        file = Path(weights) if weights else None
        visual = self._downloaded(name, tag, image_size) if file is None else _visual(name, None, image_size)
        if file is None:
            weights_file, checksum = model, tensors_sha256(visual.state_dict())
        else:
            read = read_weights(file)
            fill(visual, _of_images(read))
            weights_file, checksum = file.name, read.sha256
        own = merge_preprocess_dict(visual.preprocess_cfg, open_clip.get_pretrained_cfg(name, tag) or {})
        own["size"] = image_size or own["size"]
        transform = image_transform_v2(PreprocessCfg(**own), is_train=False)
        description = f"Features are the image embeddings of OpenCLIP's {name}, not normalized, frozen."
        super().__init__(
            _Embedding(visual),
            transform,
            description=description,
            trained_on=trained_on or "unknown",
            weights_file=weights_file,
            weights_sha256=checksum,
            file=file,
        )

    def _downloaded(self, name: str, tag: str, image_size: int | None) -> nn.Module:
        try:
            return _visual(name, tag, image_size)
        except Exception as error:  # hosts and checkpoints fail in many ways
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"weights of {self.name} cannot be loaded ({reason}): give a file of them with weights, or connect to "
                "the network, from which open_clip downloads them"
            ) from error

    @classmethod
    def example_weights(cls, folder: Path) -> Path:
        """Write random weights of a small image encoder to ``folder`` and return their file."""
        return write_random(folder, lambda: _visual(cls.example_model, None, None))


class _Embedding(nn.Module):
    """Calls the image encoder; of some models it returns the tokens behind the embedding."""

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual = visual

    def forward(self, images: Tensor) -> Tensor:
        embedding = self.visual(images)
        return embedding[0] if isinstance(embedding, tuple) else embedding


def _visual(name: str, tag: str | None, image_size: int | None) -> nn.Module:
    """The image encoder, with the weights ``tag`` or, for a file to fill, random ones."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it warns of random weights, which are filled
    try:
        model = open_clip.create_model(
            name,
            pretrained=tag,
            force_image_size=image_size,
            pretrained_text=False,
            require_pretrained=bool(tag),
        )
    finally:
        logging.disable(level)
    return model.visual


def _check_tag(name: str, tag: str, weights: Path | None) -> None:
    """Raise `InputError` for weights that open_clip does not have, or none where there is no file."""
    tags = open_clip.list_pretrained_tags_by_model(name)
    if tag in tags or (weights and not tag):
        return
    what = f"has no weights {tag!r}" if tag else "needs weights"
    raise InputError(
        f"open_clip:{name} {what}: expected one of {', '.join(tags) or 'none, it has none'} after a point, or a file"
        f"{near(tag, tags)}"
    )


def _of_images(weights: Weights) -> Weights:
    """The weights of the image encoder, which are all where the file holds it alone."""
    part = {key: value for key, value in weights.state.items() if key.startswith(_VISUAL)}
    state = {key.removeprefix(_VISUAL): value for key, value in part.items()} or weights.state
    return Weights(state, weights.file, weights.sha256)
