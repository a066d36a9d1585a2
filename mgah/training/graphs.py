"""The similarity graphs S_f, S_a and S of a training batch, for Figure 4 of the paper.

Encoding does not need the graph branch, so models do not store it. MGAH is therefore fitted once more, exactly as the
job ``fit`` does it, to the same codes; its loss, which holds the graph branch, and the last full batch of the training
are kept. Of that batch `SAMPLES` images are drawn by the seed and sorted by class: classes are in random order, those
with a single image last, because only images of one class are neighbors in S_a.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mgah import registry, seeds
from mgah.errors import InputError
from mgah.methods.deep.objective import Objective
from mgah.methods.deep.trainer import reproducible
from mgah.methods.mgah.estimator import MGAH
from mgah.semantics.store import ClassSemantics
from mgah.tables.graphs import graph_table, write_graphs
from mgah.training.job import Job

#: Number of images of the batch that are drawn.
SAMPLES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that this job takes besides those of `mgah.training.job.add_arguments`."""
    parser.add_argument("--shown", type=int, required=True, help="the code length whose graphs are written")
    parser.add_argument("--output", type=Path, required=True, metavar="GRAPHS.csv")


def run(job: Job, arguments: argparse.Namespace) -> None:
    """Fit MGAH as the job ``fit`` would, and write the graphs of one code length."""
    if registry.load("methods", job.method) is not MGAH:
        raise InputError(f"--method is {job.method}, expected mgah: other methods have no such graphs")
    if arguments.shown not in job.bits:
        raise InputError(f"--shown is {arguments.shown}, expected one of --bits, {list(job.bits)}")
    methods, split = watched(job.build()), job.inputs.split
    job.fit(methods)
    random = seeds.generator(job.seed, "graphs", job.inputs.dataset, split.name)
    graphs, labels = sampled_graphs(methods[job.bits.index(arguments.shown)], random)
    classes = [split.seen[label] for label in labels]
    write_graphs(arguments.output, graph_table(job.cell(arguments.shown), graphs, classes))


class WatchedMGAH(MGAH):
    """MGAH that keeps its loss, which holds the graph branch, and the last full batch of its training.

    Attributes:
        watch: the loss and the batch of all models that were trained together.
        place: index of this model among them.
    """

    @classmethod
    def _objective(
        cls, methods: Sequence[MGAH], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        objective = super()._objective(methods, features, labels, semantics)
        watch = _Watch(objective, min(methods[0].batch_size, len(labels)))
        for place, method in enumerate(methods):
            method.watch, method.place = watch, place
        return objective


class _Watch:
    """A loss that computes what the loss it wraps does, and keeps the last batch of ``size`` images."""

    def __init__(self, objective: Objective, size: int) -> None:
        self.graph, self.size = objective.graph, size
        objective.register_forward_pre_hook(self._keep)

    def _keep(self, objective: Objective, entering: tuple[Tensor, Tensor, Tensor, float]) -> None:
        features, _, labels, _ = entering
        if labels.shape[-1] == self.size:
            self.features, self.labels = features.detach(), labels


def watched(methods: Sequence[MGAH]) -> list[WatchedMGAH]:
    """Return unfitted methods with the parameters of ``methods``, all of one seed, for `sampled_graphs`."""
    return [WatchedMGAH(**method.get_params()) for method in methods]


def sampled_graphs(
    method: WatchedMGAH, random: np.random.Generator, samples: int = SAMPLES
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the graphs, after training, of some images of the last full batch of a fitted ``method``.

    Args:
        method: the fitted method.
        random: where the images are drawn from.
        samples: number of images; the whole batch where it has fewer.

    Returns:
        S_f, S_a and S, float32 (samples, samples) each, by their names in `mgah.tables.graphs.MATRICES`; and the
        labels of the images, int64 (samples,), ascending.
    """
    watch = method.watch
    drawn = _drawn(watch.labels.cpu().numpy(), random, samples)
    features, labels = watch.features[drawn], watch.labels[drawn]
    with torch.no_grad(), reproducible():
        graphs = {
            "fixed": watch.graph.fixed_graph(labels),
            "attention": watch.graph.attention_graph(features, labels)[method.place],
            "joint": watch.graph.joint_graph(features, labels)[method.place],
        }
    return {name: graph.cpu().numpy() for name, graph in graphs.items()}, labels.cpu().numpy()


def _drawn(labels: np.ndarray, random: np.random.Generator, samples: int) -> np.ndarray:
    """Indices of ``samples`` drawn images of those with ``labels``, sorted by class as the module says."""
    classes, sizes = np.unique(labels, return_counts=True)
    shuffled = random.permutation(len(classes))
    classes = classes[shuffled[np.argsort(sizes[shuffled] < 2, kind="stable")]]
    drawn = np.concatenate([np.flatnonzero(labels == label) for label in classes])[:samples]
    return drawn[np.argsort(labels[drawn], kind="stable")]
