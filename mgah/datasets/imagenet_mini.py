"""A small stand-in for ImageNet: the 100 classes of mini-ImageNet, 200 images of 84x84 pixels each.

O. Vinyals et al., "Matching Networks for One Shot Learning", NIPS 2016. The data folder holds it as
``imagenet_mini.zip`` with the members ``<WordNet id>/<file>.jpg``, read without unpacking.
"""

from pathlib import Path

from mgah.datasets._example import image_file, write_zip
from mgah.datasets._synset_folders import SynsetFolders
from mgah.datasets.base import set_folder
from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from mgah.io.files import as_found
from mgah.needs import Need

ARCHIVE = "imagenet_mini.zip"
IDS = """
n01532829 n01558993 n01704323 n01749939 n01770081 n01843383 n01855672 n01910747 n01930112 n01981276
n02074367 n02089867 n02091244 n02091831 n02099601 n02101006 n02105505 n02108089 n02108551 n02108915
n02110063 n02110341 n02111277 n02113712 n02114548 n02116738 n02120079 n02129165 n02138441 n02165456
n02174001 n02219486 n02443484 n02457408 n02606052 n02687172 n02747177 n02795169 n02823428 n02871525
n02950826 n02966193 n02971356 n02981792 n03017168 n03047690 n03062245 n03075370 n03127925 n03146219
n03207743 n03220513 n03272010 n03337140 n03347037 n03400231 n03417042 n03476684 n03527444 n03535780
n03544143 n03584254 n03676483 n03770439 n03773504 n03775546 n03838899 n03854065 n03888605 n03908618
n03924679 n03980874 n03998194 n04067472 n04146614 n04149813 n04243546 n04251144 n04258138 n04275548
n04296562 n04389033 n04418357 n04435653 n04443257 n04509417 n04515003 n04522168 n04596742 n04604644
n04612504 n06794110 n07584110 n07613480 n07697537 n07747607 n09246464 n09256479 n13054560 n13133613
""".split()  # noqa: SIM905
NOTE = (
    "imagenet_mini is a stand-in for ImageNet: the 100 classes of mini-ImageNet and not a draw from all 1,000, with "
    "200 images each, scaled to 84x84 pixels and re-coded as JPEG. Images are training images of ILSVRC-2012: weights "
    "trained on all its classes have learned these very images, at full size."
)


class ImageNetMini(SynsetFolders):
    """The 100 classes of mini-ImageNet, 200 images each."""

    name = "imagenet_mini"
    raw_files = (ARCHIVE,)
    class_size = (200, 200)
    n_images = 20_000
    notes = (NOTE,)
    source = ARCHIVE

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        origin = "mini-ImageNet; mgah/datasets/imagenet_mini.py describes it"
        return (Need("imagenet_mini", "50 MB", origin, f"{ARCHIVE} into the data folder", (ARCHIVE,)),)

    @classmethod
    def example(cls, folder: Path) -> SynsetFolders:
        write_zip(folder / ARCHIVE, {f"{name}/{name}1.jpg": image_file(7) for name in IDS})
        return cls._sized(class_size=(1, 1))(folder)

    def __init__(self, root: Path) -> None:
        self.archive = Path(root).absolute() / ARCHIVE
        if not self.archive.is_file():
            raise InputError(
                f"imagenet_mini: {self.archive} {as_found(self.archive)}: put there a zip archive of 200 JPEG images "
                "of each of the 100 classes of mini-ImageNet as <WordNet id>/<file>.jpg (50 MB at 84x84 pixels), or "
                f"{set_folder()}"
            )
        files = ZipFiles(self.archive)
        super().__init__(IDS, files, files.names())
