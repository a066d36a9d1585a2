"""ImageNet: 100 classes, about 130,000 images, drawn by a seed out of the 1,000 classes of ILSVRC-2012.

O. Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge", IJCV 2015. The paper draws 90 seen and
10 unseen classes; here an option draws the 100, and a split draws the unseen ones of them.

The data folder holds the training images as ``imagenet/train/<WordNet id>/*.JPEG``; ``imagenet`` may be a link,
and only the folders of the 100 classes are looked into.
"""

from pathlib import Path

import numpy as np

from mgah import seeds
from mgah.datasets._example import image_file, write_files
from mgah.datasets._synset_folders import SynsetFolders
from mgah.datasets.base import set_folder
from mgah.datasets.folders import FolderFiles
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError
from mgah.needs import Need

CLASSES = 100
FOLDER = "imagenet/train"
ARCHIVE = "ILSVRC2012_img_train.tar"
WHERE = (
    f"{ARCHIVE} (138 GB, from https://image-net.org/download.php, which asks for an account), in the folder "
    'imagenet of the data folder, unpacked by: python -c "from torchvision.datasets.imagenet import '
    "parse_train_archive as unpack; unpack('{root}/imagenet')\""
)
TRAINING_IMAGES = Need(
    "ImageNet, the training images of ILSVRC-2012",
    "138 GB",
    "https://image-net.org/download.php, which asks for an account",
    f"{ARCHIVE} into the folder imagenet of the data folder, unpacked into {FOLDER}/<WordNet id>/*.JPEG by "
    "torchvision.datasets.imagenet.parse_train_archive('<data folder>/imagenet')",
    (FOLDER,),
)
NOTE = (
    "ImageNet: 100 of the 1,000 classes of ILSVRC-2012, drawn with the seed {seed}; the classes of the paper's own "
    "draw are not published. Images are training images of ILSVRC-2012: weights trained on all its classes have "
    "learned these very images."
)


class ImageNet(SynsetFolders):
    """100 classes of ILSVRC-2012's training images.

    Options:
        class_seed: seed by which the 100 classes are drawn.
    """

    name = "imagenet"
    raw_files = (FOLDER,)
    class_size = (732, 1300)

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        return (TRAINING_IMAGES,)

    @classmethod
    def example(cls, folder: Path) -> SynsetFolders:
        names = [f"{FOLDER}/{synset_id}/{synset_id}_1.JPEG" for synset_id in drawn_ids(0)]
        write_files(folder, {name: image_file(seed) for seed, name in enumerate(names)})
        return cls._sized(class_size=(1, 1))(folder)

    def __init__(self, root: Path, *, class_seed: int = 0) -> None:
        if type(class_seed) is not int or class_seed < 0:
            raise InputError(f"imagenet: class_seed is {class_seed!r}, expected an integer of 0 or more")
        ids = drawn_ids(class_seed)
        root = Path(root).absolute()
        folder = root / FOLDER
        absent = [synset_id for synset_id in ids if not (folder / synset_id).is_dir()]
        if absent:
            shown = ", ".join(absent[:3]) + (", ..." if len(absent) > 3 else "")
            raise InputError(
                f"imagenet: {folder} lacks the folders of {len(absent)} of the {CLASSES} classes ({shown}); expected "
                f"the class folders of {WHERE.format(root=root)}; or {set_folder('imagenet')}"
            )
        names = [
            f"{synset_id}/{name}" for synset_id in ids for name in FolderFiles(folder / synset_id).names()
        ]
        super().__init__(ids, FolderFiles(folder), names)
        self.source = FOLDER
        self.notes = (NOTE.format(seed=class_seed),)


def drawn_ids(class_seed: int) -> list[str]:
    """Draw 100 classes by ``class_seed`` and return their WordNet ids, ascending; the same on every machine."""
    shuffled = seeds.shuffled(np.array(imagenet1k_classes()), class_seed, "imagenet", "classes")
    return sorted(shuffled[:CLASSES].tolist())
