"""File systems of their own for servers of an installation, and how they come to be full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until

SIZE = "2g"
"""What is used of it is memory."""


@contextmanager
def own_disks(folder: Path, parts: tuple[str, ...]) -> Iterator[None]:
    """For the block; where nothing can be mounted, these parts share the disk of the others."""
    mounted = []
    for part in parts if os.geteuid() == 0 and shutil.which("mount") else ():
        (folder / part).mkdir(parents=True)
        folder.chmod(0o711)  # as an installation makes it
        if _ran("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder / part)):
            mounted.append(folder / part)
    try:
        yield
    finally:
        for place in mounted:
            _ran("umount", "-l", str(place))


@contextmanager
def full(place: Path, left: int = 0) -> Iterator[None]:
    """This disk is only so many bytes larger than what it holds while the block runs."""
    try:
        until(lambda: _resized(place, str(_used(place) + left)), 10, f"{place} is full")
        yield
    finally:
        assert _resized(place, SIZE)


def _used(place: Path) -> int:
    disk = os.statvfs(place)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def _resized(place: Path, size: str) -> bool:
    """False when it holds more by now."""
    return _ran("mount", "-o", f"remount,size={size}", str(place))


def _ran(*words: str) -> bool:
    return subprocess.run(words, check=False, capture_output=True).returncode == 0
