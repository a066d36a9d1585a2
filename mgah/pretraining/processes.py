"""The processes of one training: those that torchrun started, one a card, or this one alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed

from mgah.device import choose_device


@dataclass(frozen=True)
class Processes:
    """This process (``rank``, with its ``device``) among ``count``."""

    rank: int
    count: int
    device: torch.device


@contextmanager
def joined(device: str) -> Iterator[Processes]:
    """Join the other processes, if there are any, until the block ends well.

    Args:
        device: ``auto`` (cuda, mps, cpu), or a torch device.
    """
    place = choose_device(device)
    if not distributed.is_torchelastic_launched():
        yield Processes(0, 1, place)
        return
    on_cards = place.type == "cuda"
    if on_cards:
        place = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(place)
    distributed.init_process_group("nccl" if on_cards else "gloo", device_id=place if on_cards else None)
    yield Processes(distributed.get_rank(), distributed.get_world_size(), place)
    # not after an error: the others may be waiting for this process, and would wait for ever
    distributed.destroy_process_group()
