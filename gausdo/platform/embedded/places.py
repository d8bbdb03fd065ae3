"""Who an embedded server runs as when Gausdo is root, and where that account can reach its files.

PostgreSQL refuses to run as root, so it runs as `gausdo` where such an account exists, else as
`nobody`. That account cannot enter folders such as /root, where both the virtual environment and
the data may lie: the programs are then copied, and the data placed, under /var/lib/gausdo.
"""

import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from gausdo.platform.embedded.process import Account

COMMON = Path("/var/lib/gausdo")


def unprivileged(folder: Path) -> Account | None:
    """The account to drop to, or None when we are not root.

    Files that already exist keep their owner; otherwise it is `gausdo`, or `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (now := folder.stat()).st_uid != 0:
        return Account(now.st_uid, now.st_gid)
    for name in ("gausdo", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise PermissionError(
        "PostgreSQL does not run as root, and there is no account `gausdo` or `nobody` to run it "
        "as: create one, run Gausdo as an ordinary user, or set GAUSDO_POSTGRES_URL"
    )


def can_reach(account: Account | None, *paths: Path) -> bool:
    """Whether the account may enter every folder above `paths`, and read (run) the paths."""
    return account is None or all(
        all(_allows(account, folder, 1) for folder in path.resolve().parents)
        and _allows(account, path, 5 if path.is_dir() or os.access(path, os.X_OK) else 4)
        for path in paths
    )


def _allows(account: Account, path: Path, wanted: int) -> bool:
    about = path.stat()
    shift = 6 if about.st_uid == account.uid else 3 if about.st_gid == account.gid else 0
    return (about.st_mode >> shift) & wanted == wanted


def copied_once(name: str, copy: Callable[[Path], None]) -> Path:
    """`COMMON/name`, filled by `copy` on first use; whole or absent, also with two at once."""
    target = COMMON / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=_common()))
        try:
            copy(draft)
            for file in (draft, *draft.rglob("*")):
                file.chmod(0o755 if file.is_dir() or os.access(file, os.X_OK) else 0o644)
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not target.exists():
                raise
    return target


def placed(folder: Path, account: Account | None) -> Path:
    """Where the data of `folder` really lies: an own folder of `account` that it can enter.

    When the account cannot reach `folder`, it becomes a link to a place under `COMMON`.
    """
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if can_reach(account, folder.parent):
            folder.mkdir(mode=0o700)
        else:
            place = _common() / f"{folder.name}-{secrets.token_hex(6)}"
            place.mkdir(mode=0o700)
            folder.symlink_to(place)
        if account:
            os.chown(folder, account.uid, account.gid)
    return folder.resolve()


def _common() -> Path:
    COMMON.mkdir(parents=True, exist_ok=True)
    COMMON.chmod(0o755)
    return COMMON
