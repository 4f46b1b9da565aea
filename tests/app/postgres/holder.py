"""A process that holds a cluster: `python holder.py ROOT [nobody | container]`.

Prints a line of JSON for each step and one for the cluster, then stays until its
standard input ends. `nobody` makes it a process of that account in a user
namespace, `container` one that may make no user namespaces.
"""

import ctypes
import dataclasses
import json
import os
import platform
import pwd
import struct
import sys
from pathlib import Path

from jobwire.app.postgres import acquire

_CLONE_NEWUSER = 0x10000000
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_EPERM = 1
_UNSHARE = {"x86_64": 272, "aarch64": 97}


def become_nobody() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    account = pwd.getpwnam("nobody")
    Path("/proc/self/uid_map").write_text(f"{account.pw_uid} 0 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{account.pw_gid} 0 1")


def forbid_user_namespaces() -> None:
    """Install the part of a container's seccomp profile that refuses unshare."""
    number = _UNSHARE[platform.machine()]
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (0x20, 0, 0, 0),  # load the number of the call
            (0x15, 0, 1, number),
            (0x06, 0, 0, 0x00050000 | _EPERM),  # refuse
            (0x06, 0, 0, 0x7FFF0000),  # allow
        )
    )
    buffer = ctypes.create_string_buffer(program)
    filter_program = struct.pack(
        "HxxxxxxP", len(program) // 8, ctypes.addressof(buffer)
    )
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def main() -> None:
    if sys.argv[2:] == ["nobody"]:
        become_nobody()
    elif sys.argv[2:] == ["container"]:
        forbid_user_namespaces()

    def tell(**message: object) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    cluster = acquire(
        Path(sys.argv[1]),
        settings={"fsync": "off"},
        progress=lambda step: tell(step=step, uid=os.geteuid()),
    )
    tell(
        **{
            field.name: getattr(cluster, field.name)
            for field in dataclasses.fields(cluster)
            if field.name not in {"root", "_lease"}
        }
    )
    sys.stdin.read()


if __name__ == "__main__":
    main()
