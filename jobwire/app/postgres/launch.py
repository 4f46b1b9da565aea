"""Becomes somebody PostgreSQL agrees to run as, then becomes the program given.

    python -I -S launch.py PARENT_PID ROOT PROGRAM [ARGUMENT ...]

PostgreSQL refuses to run as root. In order of preference, root becomes

1. `nobody` of a new user namespace that stands for root outside: no file changes
   its owner, and folders that only root may enter can still be entered;
2. the first real account that can enter the state directory, which is then given
   to it: a container's seccomp profile often forbids the namespace, and in a
   folder of somebody else a namespace's root has no right to enter.

Others stay who they are. On Linux the program gets SIGINT when its parent dies.
Run by path with the standard library alone: importing `jobwire` would load the
whole system for a process that lives a few milliseconds.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_SIGINT = 2


def main() -> None:
    """Steps down from root if need be, and replaces this process."""
    parent, root, program = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    if os.geteuid() == 0:
        program = _step_down(root, program)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        _system_call("prctl", _PR_SET_PDEATHSIG, _SIGINT)
        if os.getppid() != parent:
            sys.exit("the process that starts it has died")
    os.execv(program, [str(program), *sys.argv[4:]])  # noqa: S606  (what it is for)


def _step_down(root: Path, program: Path) -> Path:
    """Gives up root; returns the path that the program then has."""
    refusal = "has none"
    if sys.platform == "linux" and _may_enter(
        root.parent, program.parent, uid=0, gid=0
    ):
        try:
            _hand_over(root, 0, 0)
            _enter_user_namespace(pwd.getpwnam("nobody"))
        except (KeyError, OSError) as error:
            refusal = f"says {error}"
        else:
            return program
    tried = []
    for account in _accounts(root):
        uid, gid = account.pw_uid, account.pw_gid
        tried.append(account.pw_name)
        if _may_enter(root.parent, uid=uid, gid=gid):
            if not _may_enter(program.parent, uid=uid, gid=gid):
                program = _copy_installation(program, root)
            _hand_over(root, uid, gid)
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            return program
    sys.exit(
        f"PostgreSQL refuses to run as root. A user namespace would do, but this "
        f"system {refusal}; one of the accounts {', '.join(tried)} would do, but none "
        f"can enter {root.parent}. Choose a directory that one of them can enter, run "
        "as another user, or set DATABASE_URL."
    )


def _enter_user_namespace(account: pwd.struct_passwd) -> None:
    _system_call("unshare", _CLONE_NEWUSER)
    process = Path("/proc/self")
    (process / "uid_map").write_text(f"{account.pw_uid} 0 1")
    (process / "setgroups").write_text("deny")
    (process / "gid_map").write_text(f"{account.pw_gid} 0 1")


def _accounts(root: Path) -> Iterator[pwd.struct_passwd]:
    """Who may own the cluster; first the one in whose folder it lies."""
    for uid in (parent.stat().st_uid for parent in root.parents):
        if uid != 0:
            with contextlib.suppress(KeyError):
                yield pwd.getpwuid(uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            yield pwd.getpwnam(name)


def _may_enter(*folders: Path, uid: int, gid: int) -> bool:
    """Whether the plain permissions of every folder on the way allow it."""
    return all(
        _may_search(step.stat(), uid, gid)
        for folder in folders
        for step in (folder, *folder.parents)
    )


def _may_search(folder: os.stat_result, uid: int, gid: int) -> bool:
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _hand_over(root: Path, uid: int, gid: int) -> None:
    for path in (root, *root.rglob("*")):
        if path.lstat().st_uid != uid:
            os.chown(path, uid, gid, follow_symlinks=False)


def _copy_installation(program: Path, root: Path) -> Path:
    """Copies bin/, lib/ and share/ of an installation that others cannot enter."""
    copy = root / "pginstall"
    postgres = Path(program.parent.name, "postgres")
    source = program.parent.parent
    kept = copy / postgres
    if not kept.exists() or kept.stat().st_mtime != (source / postgres).stat().st_mtime:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
    return copy / program.parent.name / program.name


def _system_call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


if __name__ == "__main__":
    main()
