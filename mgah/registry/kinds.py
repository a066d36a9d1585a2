"""The five kinds of components, and the packages of those that come with the project."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of components.

    Attributes:
        name: its config key, and the last part of its group of entry points (``mgah.<name>``).
        singular: what error messages call a component.
        packages: packages of the project whose modules are components.
        base: dotted name of the class that a component derives from; "" for components that are functions.
        functions: names that such a function may have.
        options: what error messages call a parameter, in the singular.
        one_of: methods of which a class has to define one itself.
        parameters: keyword-only parameters that a class's constructor has to take.
    """

    name: str
    singular: str
    packages: tuple[str, ...]
    base: str = ""
    functions: tuple[str, ...] = ()
    options: str = "option"
    one_of: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


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
            one_of=("_fit", "_fit_many"),
            parameters=("n_bits", "random_state"),
        ),
        Kind(
            "outputs",
            "output",
            ("mgah.report.outputs.tables", "mgah.report.outputs.figures"),
            functions=("build", "draw"),
        ),
    )
}
