"""The similarity graphs of a training batch, from a watched training.

The graph branch is of no use to encode and is not stored, so MGAH is fitted once more, as the fit job does it: with
the same command line, at all code lengths, from the same seed, to the same codes. Watching changes nothing. What is
kept is the last full batch that the training saw, as it saw it, and the graph branch after training. Of that batch
`SAMPLES` images are drawn by the seed, as for Figure 4 of the paper, and sorted by class: whole classes in random
order, those with a single image last, because only images of one class are neighbors in S_a.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mgah import registry, seeds
from mgah.errors import InputError
from mgah.methods.deep.base import Objective
from mgah.methods.deep.trainer import reproducible
from mgah.methods.mgah.estimator import MGAH
from mgah.semantics.store import ClassSemantics
from mgah.tables.graphs import graph_table, write_graphs
from mgah.training.job import Job

#: Images of the batch that are shown.
SAMPLES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What this job takes besides `mgah.training.job.add_arguments`."""
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
    """MGAH that keeps its loss, with the graph branch in it, and the last full batch of its training.

    Attributes:
        watch: what was kept, of all models that were trained together; ``place``: which of them this is.
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
    """The loss of a training, and the last batch of ``size`` images that entered it."""

    def __init__(self, objective: Objective, size: int) -> None:
        self.graph, self.size = objective.graph, size
        objective.register_forward_pre_hook(self._keep)

    def _keep(self, objective: Objective, entering: tuple[Tensor, Tensor, Tensor, float]) -> None:
        features, _, labels, _ = entering
        if labels.shape[-1] == self.size:
            self.features, self.labels = features.detach(), labels


def watched(methods: Sequence[MGAH]) -> list[WatchedMGAH]:
    """Unfitted methods with the parameters of ``methods``, of one seed, that keep what `sampled_graphs` needs."""
    return [WatchedMGAH(**method.get_params()) for method in methods]


def sampled_graphs(
    method: WatchedMGAH, random: np.random.Generator, samples: int = SAMPLES
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Graphs of some images of the last full batch of a fitted method, after training.

    Returns S_f, S_a and S by the words of `mgah.tables.graphs.MATRICES`, float32 (n, n) each, and the labels
    int64 (n,), ascending, of n = ``samples`` images, or of the whole batch where it has fewer.
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
    """Places of ``samples`` of the images with ``labels``, sorted by class; see the module."""
    classes, sizes = np.unique(labels, return_counts=True)
    shuffled = random.permutation(len(classes))
    classes = classes[shuffled[np.argsort(sizes[shuffled] < 2, kind="stable")]]
    drawn = np.concatenate([np.flatnonzero(labels == label) for label in classes])[:samples]
    return drawn[np.argsort(labels[drawn], kind="stable")]
