"""CIFAR-100: 60,000 images of 32x32 pixels, 600 in each of a hundred classes, which are its fine labels.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.

The data folder may hold ``cifar-100-python/``, the official batches unpacked, or ``cifar-100-python.tar.gz``, their
archive. With neither there, the archive is downloaded; the data folder itself must exist.
"""

import hashlib
import pickle
from collections import Counter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from mgah.datasets._cifar_batches import open_batches
from mgah.datasets._downloaded import check_folder, download_archive
from mgah.datasets.base import Dataset
from mgah.errors import InputError
from mgah.needs import Need

if TYPE_CHECKING:
    from torchvision.datasets import CIFAR100

FOLDER = "cifar-100-python"
ARCHIVE = "cifar-100-python.tar.gz"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
WHERE = f"{ARCHIVE} (161 MiB, from {URL}) or its unpacked folder {FOLDER}"


class Cifar100(Dataset):
    """CIFAR-100; a split is named after its unseen classes, joined by ``+``, and a draw leaves ten of them unseen.

    The nouns of the classes were chosen for this project, by the coarse label where a name has several meanings: the
    makers name none.

    Options:
        download: whether the official archive (161 MiB) is downloaded where the data folder has no form of the data.
    """

    name = "cifar100"
    raw_files = (FOLDER, ARCHIVE)
    splits = "classes"
    n_classes = 100
    n_images = 60_000
    class_size = (600, 600)
    synsets = MappingProxyType(
        {
            "apple": "n07739125",
            "aquarium_fish": "n02512053",
            "baby": "n09827683",
            "bear": "n02131653",
            "beaver": "n02363005",
            "bed": "n02818832",
            "bee": "n02206856",
            "beetle": "n02164464",
            "bicycle": "n02834778",
            "bottle": "n02876657",
            "bowl": "n02881193",
            "boy": "n10285313",
            "bridge": "n02898711",
            "bus": "n02924116",
            "butterfly": "n02274259",
            "camel": "n02437136",
            "can": "n02946921",
            "castle": "n02980441",
            "caterpillar": "n02309337",
            "cattle": "n02402425",
            "chair": "n03001627",
            "chimpanzee": "n02481823",
            "clock": "n03046257",
            "cloud": "n09247410",
            "cockroach": "n02233338",
            "couch": "n04256520",
            "crab": "n01976957",
            "crocodile": "n01697178",
            "cup": "n03147509",
            "dinosaur": "n01699831",
            "dolphin": "n02068974",
            "elephant": "n02503517",
            "flatfish": "n02657368",
            "forest": "n09284015",
            "fox": "n02118333",
            "girl": "n10084295",
            "hamster": "n02342885",
            "house": "n03544360",
            "kangaroo": "n01877134",
            "keyboard": "n03085013",
            "lamp": "n03636649",
            "lawn_mower": "n03649909",
            "leopard": "n02128385",
            "lion": "n02129165",
            "lizard": "n01674464",
            "lobster": "n01982650",
            "man": "n10287213",
            "maple_tree": "n12752205",
            "motorcycle": "n03790512",
            "mountain": "n09359803",
            "mouse": "n02330245",
            "mushroom": "n07734744",
            "oak_tree": "n12268246",
            "orange": "n07747607",
            "orchid": "n12041446",
            "otter": "n02444819",
            "palm_tree": "n12582231",
            "pear": "n07767847",
            "pickup_truck": "n03930630",
            "pine_tree": "n11608250",
            "plain": "n09393605",
            "plate": "n03959485",
            "poppy": "n11900569",
            "porcupine": "n02346627",
            "possum": "n01874928",
            "rabbit": "n02324045",
            "raccoon": "n02508021",
            "ray": "n01495701",
            "road": "n04096066",
            "rocket": "n04099429",
            "rose": "n12620196",
            "sea": "n09426788",
            "seal": "n02076196",
            "shark": "n01482330",
            "shrew": "n01891633",
            "skunk": "n02445715",
            "skyscraper": "n04233124",
            "snail": "n01944390",
            "snake": "n01726692",
            "spider": "n01772222",
            "squirrel": "n02355227",
            "streetcar": "n04335435",
            "sunflower": "n11978233",
            "sweet_pepper": "n07720615",
            "table": "n04379243",
            "tank": "n04389033",
            "telephone": "n04401088",
            "television": "n04404412",
            "tiger": "n02129604",
            "tractor": "n04465501",
            "train": "n04468005",
            "trout": "n02537085",
            "tulip": "n12454159",
            "turtle": "n01662784",
            "wardrobe": "n04550184",
            "whale": "n02062744",
            "willow_tree": "n12724942",
            "wolf": "n02114100",
            "woman": "n10787470",
            "worm": "n01922303",
        }
    )
    classes = tuple(synsets)

    def __init__(self, root: Path, *, download: bool = True) -> None:
        root, kind = Path(root).absolute(), self._kind()
        check_folder(self.name, root, download, WHERE)
        if not ((root / FOLDER).is_dir() or (root / ARCHIVE).is_file()):
            archive, checksum = root / kind.filename, f"md5:{kind.tgz_md5}"
            download_archive(self.name, kind.url, archive, download, WHERE, checksum)
        form = open_batches(kind, self.classes, root, WHERE)
        counts = Counter(form.labels.values())
        if any(counts[name] != self.class_size[0] for name in self.classes):
            raise InputError(
                f"{self.name} as found in {form.source} has {min(counts.values())} to {max(counts.values())} images a "
                f"class, expected {self.class_size[0]} of each of {len(self.classes)}: get {ARCHIVE} again"
            )
        self._labels, self._decode = form.labels, form.load
        self.source, self.archive = form.source, form.archive

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        how = f"{ARCHIVE}, or unpacked the folder {FOLDER}, into the data folder"
        url = URL if options.get("download", True) else ""
        return (Need("CIFAR-100", "161 MiB", URL, how, (FOLDER, ARCHIVE), url=url),)

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        from torchvision.datasets import CIFAR100

        place = folder / FOLDER
        place.mkdir()

        def write(name: str, content: dict[str, object]) -> str:
            (place / name).write_bytes(pickle.dumps(content))
            return hashlib.md5((place / name).read_bytes(), usedforsecurity=False).hexdigest()

        def batch(seed: int) -> dict[str, object]:
            pixels = np.random.default_rng(seed).integers(
                0, 256, (len(cls.classes), 3 * 32 * 32), dtype=np.uint8
            )
            return {"data": pixels, "fine_labels": list(range(len(cls.classes)))}

        class Copy(CIFAR100):
            train_list = [["train", write("train", batch(0))]]  # noqa: RUF012
            test_list = [["test", write("test", batch(1))]]  # noqa: RUF012
            meta = {**CIFAR100.meta, "md5": write("meta", {"fine_label_names": list(cls.classes)})}  # noqa: RUF012

        return cls._sized(class_size=(2, 2), _kind=staticmethod(lambda: Copy))(folder, download=False)

    @staticmethod
    def _kind() -> "type[CIFAR100]":
        """torchvision's dataset, which knows the checksums of the batches."""
        from torchvision.datasets import CIFAR100

        return CIFAR100

    def _load(self, path: str) -> np.ndarray:
        return self._decode(path)
