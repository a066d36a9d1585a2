"""The names that `mgah` gives on demand (`mgah/__init__.py`), for type checkers and editors."""

from mgah.baselines.adsh import ADSH as ADSH
from mgah.baselines.attribute_regression import AttributeRegression as AttributeRegression
from mgah.baselines.bihalf import BiHalf as BiHalf
from mgah.baselines.cibhash import CIBHash as CIBHash
from mgah.baselines.classifier_codes import ClassifierCodes as ClassifierCodes
from mgah.baselines.csq import CSQ as CSQ
from mgah.baselines.dhn import DHN as DHN
from mgah.baselines.dnnh import DNNH as DNNH
from mgah.baselines.doph import DOPH as DOPH
from mgah.baselines.doph_linear import DOPHLinear as DOPHLinear
from mgah.baselines.dpsh import DPSH as DPSH
from mgah.baselines.greedyhash import GreedyHash as GreedyHash
from mgah.baselines.greedyhash_unsupervised import GreedyHashUnsupervised as GreedyHashUnsupervised
from mgah.baselines.hashnet import HashNet as HashNet
from mgah.baselines.imh import IMH as IMH
from mgah.baselines.itq import ITQ as ITQ
from mgah.baselines.ksh import KSH as KSH
from mgah.baselines.lsh import LSH as LSH
from mgah.baselines.orthohash import OrthoHash as OrthoHash
from mgah.baselines.pca_rotation import PCARotation as PCARotation
from mgah.baselines.random_codes import RandomCodes as RandomCodes
from mgah.baselines.random_projection import RandomProjection as RandomProjection
from mgah.baselines.sdh import SDH as SDH
from mgah.baselines.shc import SHC as SHC
from mgah.baselines.sitnet import SitNet as SitNet
from mgah.baselines.spectral_hashing import SpectralHashing as SpectralHashing
from mgah.baselines.tsk import TSK as TSK
from mgah.errors import InputError as InputError
from mgah.methods.codes import read_codes as read_codes
from mgah.methods.mgah import MGAH as MGAH
from mgah.methods.models import load_model as load_model
from mgah.methods.models import save_model as save_model
from mgah.metrics import asymmetric_mean_average_precision as asymmetric_mean_average_precision
from mgah.metrics import mean_average_precision as mean_average_precision
from mgah.metrics import precision_at_k as precision_at_k
from mgah.metrics import precision_at_radius as precision_at_radius
from mgah.metrics import precision_recall as precision_recall
from mgah.metrics import score_queries as score_queries
from mgah.semantics.store import ClassSemantics as ClassSemantics
from mgah.splits import draw_split as draw_split
from mgah.splits import drawn_classes as drawn_classes
from mgah.splits import images_of as images_of
from mgah.splits import seen_labels as seen_labels

__version__: str
