"""The deep methods, as the registry finds them."""

from mgah import registry
from mgah.methods.deep.base import DeepHashing

DEEP = [name for name in registry.names("methods") if issubclass(registry.load("methods", name), DeepHashing)]
#: Those that train on feature maps: of two views of a map, as CIBHash has them, both would be equal.
ON_MAPS = [name for name in DEEP if name != "cibhash"]
