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
        and _allows(account, path, 5 if path.stat().st_mode & 0o111 else 4)
        for path in paths
    )


def _allows(account: Account, path: Path, wanted: int) -> bool:
    about = path.stat()
    shift = 6 if about.st_uid == account.uid else 3 if about.st_gid == account.gid else 0
    return (about.st_mode >> shift) & wanted == wanted


def copied_once(name: str, *folders: Path, above: Path) -> Path:
    """`COMMON/name`: copies of `folders`, placed as they are placed below `above`.

    Made on first use; whole or absent, also when two do it at once.
    """
    target = COMMON / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=_common()))
        try:
            for folder in folders:
                shutil.copytree(folder, draft / folder.relative_to(above), symlinks=True)
            for file in (draft, *draft.rglob("*")):
                if not file.is_symlink():
                    file.chmod(0o755 if file.is_dir() or file.stat().st_mode & 0o100 else 0o644)
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
            place = _common() / f"{folder.parent.name}-{secrets.token_hex(6)}"
            place.mkdir(mode=0o700)
            folder.symlink_to(place)
        if account:
            os.chown(folder, account.uid, account.gid)
    return folder.resolve()


def _common() -> Path:
    COMMON.mkdir(parents=True, exist_ok=True)
    COMMON.chmod(0o755)
    return COMMON
