"""The garbage collector of a process that serves for long."""

import gc

SELDOM = 20_000, 20, 20
"""New objects between its rounds, and rounds of one generation before the next: `gc`."""


def rest() -> None:
    """Look for nothing until `settle`: what a process loads at its start stays."""
    gc.disable()


def settle() -> None:
    """Leave what is loaded alone from now on, and look at what is new more seldom.

    What is frozen stays shared with forks; requests and events leave few cycles behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()
