"""Become another program, tied to the life of the one who asked.

Run as a file by a bare interpreter (`python -I -S launch.py SIGNAL PARENT UID:GID NICE ARGV…`), so
that no Python runs between fork and exec of a threaded process. The order matters: setuid clears
the parent-death signal (prctl(2)), so it is set after; and the parent may have died before it was
set, so that is asked last.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(death: int, parent: int, account: str, nice: int, argv: list[str]) -> None:
    """Drop to `account` ("uid:gid" or ""), die with `parent`, and turn into `argv`.

    `nice` is added to how much it gives way to others (nice(2)).
    """
    if account:
        uid, gid = (int(part) for part in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    os.nice(nice)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as refusal:
        sys.exit(f"cannot run {argv[0]}: {refusal.strerror}")


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:])
