"""Machines with networks of their own, each of which can be cut off.

They are namespaces on a bridge; a cable that is down loses every packet, and nobody is
told. All of it lies inside the network namespace of the process that makes it, which
has to be one that nobody else is in, and is gone with that process.
"""

import subprocess
from typing import Self

#: The address of the bridge, where PostgreSQL and the callers are.
SWITCH = "10.77.0.254"


class Machine:
    """A machine on the network.

    Attributes:
        name: Its name.
        address: Its address.
    """

    def __init__(self, number: int) -> None:
        self.name = f"machine-{number}"
        self.address = f"10.77.0.{number}"
        self._cable = f"cable{number}"
        # The namespace lives as long as a process that is in it.
        self._resident = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._resident.stdout is not None
        self._resident.stdout.readline()
        _ip(
            *("link", "add", self._cable, "type", "veth"),
            *("peer", "name", "eth0", "netns", str(self._resident.pid)),
        )
        _ip("link", "set", self._cable, "master", "switch", "up")
        for command in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
        ):
            subprocess.run([*self.enter, "ip", *command], check=True)

    @property
    def enter(self) -> list[str]:
        """What a command on this machine begins with."""
        return ["nsenter", f"--net=/proc/{self._resident.pid}/ns/net"]

    def cut(self) -> None:
        """Lose every packet, in both directions."""
        _ip("link", "set", self._cable, "down")

    def heal(self) -> None:
        """Lose no more."""
        _ip("link", "set", self._cable, "up")

    def close(self) -> None:
        """End it; its processes have ended."""
        self._resident.kill()
        self._resident.wait()


class Network:
    """A switch with machines.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        _ip("link", "set", "lo", "up")
        _ip("link", "add", "switch", "type", "bridge")
        _ip("addr", "add", f"{SWITCH}/24", "dev", "switch")
        _ip("link", "set", "switch", "up")
        self.machines = [Machine(number) for number in range(1, count + 1)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for machine in self.machines:
            machine.close()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
