"""The five kinds of components, and where those that ship with the project are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of components.

    Attributes:
        name: its key in a config, and the last part of its group of entry points (``mgah.<name>``).
        singular: what one of them is called.
        packages: where its modules are.
        base: dotted name of the class that a component derives from, or "" for components that are functions.
        functions: names that such a function may have.
        options: what its parameters are called.
    """

    name: str
    singular: str
    packages: tuple[str, ...]
    base: str = ""
    functions: tuple[str, ...] = ()
    options: str = "option"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("datasets", "dataset", ("mgah.datasets",), "mgah.datasets.base.Dataset"),
        Kind("backbones", "backbone", ("mgah.backbones",), "mgah.backbones.base.Backbone"),
        Kind(
            "semantics",
            "source of class semantics",
            ("mgah.semantics",),
            "mgah.semantics.base.SemanticsSource",
        ),
        Kind(
            "methods",
            "method",
            ("mgah.methods", "mgah.baselines"),
            "mgah.methods.base.HashingMethod",
            options="parameter",
        ),
        Kind(
            "outputs",
            "output",
            ("mgah.report.outputs.tables", "mgah.report.outputs.figures"),
            functions=("build", "draw"),
        ),
    )
}
