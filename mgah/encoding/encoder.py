"""A trained model with the backbone that it was trained on: images or features in, codes out.

The bits are those of the run that trained the model, on a device of the same kind: images pass through the same
backbone, in the form that the method trained on, and rows through the method's own encoding. Of a method that trains
its backbone on a GPU, other devices make up to one bit of a hundred otherwise, as its products are of bfloat16 there
(``precision: auto``).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mgah import registry
from mgah.arrays import as_float32
from mgah.backbones._images import Images as StoredImages
from mgah.backbones.base import Backbone
from mgah.backbones.card import BackboneCard, read_backbone_card
from mgah.backbones.extraction import batches
from mgah.datasets.unreadable import refused
from mgah.encoding.codes_file import NamedCodes
from mgah.encoding.inputs import Features, Images
from mgah.errors import InputError
from mgah.io.files import read_json, sha256
from mgah.io.records import check_fields
from mgah.methods.base import HashingMethod
from mgah.methods.blocks import packed_codes
from mgah.methods.codes import CELL, pack
from mgah.methods.models import load_model
from mgah.methods.trained import REPRESENTATIONS
from mgah.progress import progress

#: Rows that are encoded at a time, and the bytes that they may take.
_ROWS, _BYTES = 8192, 1 << 28


@dataclass(frozen=True, eq=False)
class Encoder:
    """A trained model.

    Attributes:
        model: its file.
        method: the fitted method.
        store: what it encodes: ``features`` of a frozen backbone, feature ``maps``, or ``images``.
        backbone_name: name of its backbone in the run's config.
        cell: what its card says of the cell of its run.
    """

    model: Path
    method: HashingMethod
    store: str
    backbone_name: str
    cell: Mapping[str, object] = field(default_factory=dict)

    def backbone_card(self) -> BackboneCard:
        """Return the card of the model's backbone, which lies in the folder of the run.

        Raises:
            InputError: for a model that does not lie where its run has put it.
        """
        place = Path("backbones", f"{self.backbone_name}.json")
        for folder in self.model.resolve().parents:
            if (folder / place).is_file():
                return read_backbone_card(folder / place)
        raise InputError(
            f"no folder above {self.model} has {place}, the card of its backbone: leave the model in its run's "
            "folder, or copy the card beside it"
        )

    def backbone(self, data_dir: Path, weights: Path | None = None) -> Backbone:
        """Build what makes rows of images.

        Args:
            data_dir: folder of raw data, in which the backbone's weights are looked for.
            weights: their file, where it is not found there.

        Raises:
            InputError: for weights that are missing, or are not those that the model was trained on.
        """
        if self.store == "images":
            return StoredImages(size=math.isqrt(self.method.n_features_in_ // 3))
        card = self.backbone_card()
        file = weights or self._weights(card, data_dir)
        backbone: Backbone = registry.build("backbones", card.module, file, **card.options)
        if backbone.weights_sha256 != card.weights_sha256:
            raise InputError(
                f"the weights of {card.backbone} are {backbone.weights_file}, SHA-256 {backbone.weights_sha256}, but "
                f"the model was trained on {card.weights}, {card.weights_sha256}: name that file with --weights"
            )
        return backbone.as_maps() if self.store == "maps" else backbone

    def _weights(self, card: BackboneCard, data_dir: Path) -> Path | None:
        """The file of that name in the data folder or the run's own trainings; None for those of a package."""
        run = [folder / "pretraining" for folder in self.model.resolve().parents]
        places = [folder / card.weights for folder in (data_dir / "weights", data_dir, *run)]
        return next((place for place in places if card.weights and place.is_file()), None)

    def encode(
        self,
        given: Images | Features,
        backbone: Backbone | None = None,
        device: str = "auto",
        threads: int = 1,
        unreadable: dict[str, InputError] | None = None,
    ) -> NamedCodes:
        """Encode images by ``backbone``, or features, and return their codes.

        Args:
            given: what is encoded.
            backbone: what `backbone` returns; of no use for features.
            device: ``auto``, ``cuda``, ``mps`` or ``cpu``, for the backbone and for a network that was trained along.
            threads: CPU cores that it uses.
            unreadable: gets, by name, the error of each image that cannot be read; such images are left out. None to
                raise one error on all of them instead.

        Raises:
            InputError: for images that cannot be decoded, where none can be, or features of another width or kind.
        """
        if "device" in self.method.get_params():
            self.method.set_params(device=device)
        if isinstance(given, Features):
            packed = packed_codes(self.method, self._as_stored(given.rows), _ROWS)
        elif backbone is None:
            raise ValueError("images need a backbone")
        else:
            blocks = self._blocks(given, backbone, device, threads, unreadable)
            packed = self._of_images(given, blocks, threads, unreadable)
            lost = unreadable or {}
            kept = [row for row, name in enumerate(given.names) if name not in lost]
            if not kept:
                raise refused(lost, str(given.folder), "which are all that there are")
            given, packed = Images(given.folder, tuple(given.names[row] for row in kept)), packed[kept]
        images = str(given.folder.resolve()) if isinstance(given, Images) else ""
        model = str(self.model.resolve())
        return NamedCodes(
            self.method.n_bits, given.names, images, model, sha256(self.model), self.cell, codes=packed
        )

    def _as_stored(self, rows: np.ndarray) -> np.ndarray:
        """Features in the type in which a run stores them; rows that are none as they are, for the method to judge."""
        if self.store != "features" or rows.dtype.kind not in "fiu":
            return rows
        return as_float32(rows, "features")

    def _of_images(
        self,
        images: Images,
        blocks: Iterator[np.ndarray],
        threads: int,
        unreadable: dict[str, InputError] | None,
    ) -> np.ndarray:
        """Packed codes of the rows of all images; without ``unreadable`` an error tells all that cannot be read."""
        try:
            return np.concatenate([pack(self.method.encode(rows)) for rows in blocks])
        except InputError:
            if unreadable is None and (errors := images.unreadable(threads)):
                raise refused(
                    errors, str(images.folder), "and mgah encode --unreadable skip leaves them out"
                ) from None
            raise

    def _blocks(
        self,
        images: Images,
        backbone: Backbone,
        device: str,
        threads: int,
        unreadable: dict[str, InputError] | None,
    ) -> Iterator[np.ndarray]:
        """Rows of the images, block by block."""
        engine = backbone.engine(device, threads)
        row_bytes = backbone.dimension * np.dtype(backbone.dtype).itemsize
        most = max(1, min(_ROWS, _BYTES // row_bytes))
        waiting: list[np.ndarray] = []
        with progress("images", len(images.names), 0, "images") as bar:
            for rows in batches(backbone, engine, images.names, images.load, threads, unreadable=unreadable):
                bar.update(len(rows))
                waiting.append(rows)
                if sum(map(len, waiting)) >= most:
                    yield np.concatenate(waiting)
                    waiting = []
        if waiting:
            yield np.concatenate(waiting)


def read_encoder(model: Path) -> Encoder:
    """Read a trained model, ``<bits>.safetensors`` of a run, with its card.

    Raises:
        InputError: for another file, or one that cannot be read.
    """
    if model.suffix != ".safetensors":
        raise InputError(
            f"{model} is no model: expected results/<run>/models/.../<bits>.safetensors, with its card beside it"
        )
    if not (model.exists() or model.with_suffix(".json").exists()):
        raise InputError(f"there is no model {model}: expected results/<run>/models/.../<bits>.safetensors")
    method, card = load_model(model), read_json(model.with_suffix(".json"))
    store = REPRESENTATIONS.get(str(card["parameters"].get("trainable")), "features")
    cell = card.get("cell", {})
    check_fields(cell, CELL, f"the cell of {model.with_suffix('.json')}", tuple(CELL), again="fit it again")
    return Encoder(model, method, store, str(cell.get("backbone", "")), cell)
