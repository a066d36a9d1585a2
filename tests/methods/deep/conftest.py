"""The deep methods, as the registry finds them."""

from mgah import registry
from mgah.methods.deep.base import DeepHashing

DEEP = [name for name in registry.names("methods") if issubclass(registry.load("methods", name), DeepHashing)]
