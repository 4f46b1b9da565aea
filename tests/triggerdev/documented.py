"""Running the examples of a page, each section with an emulator of its own."""

import ast
import asyncio
import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import httpx

import jobwire.emulator
import jobwire.triggerdev
from jobwire.emulator import Emulator
from jobwire.triggerdev import TriggerDevClient

#: Whoever reads along waits no longer than this for a section.
MAX_SECONDS = 60
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A block of a page.

    Attributes:
        section: The `##` heading that it stands under.
        line: That of the page on which its code begins, from 1.
    """

    page: Path
    section: str
    line: int
    source: str

    def compiled(self) -> CodeType:
        """Compile it as the body of an async function; errors tell the page's line."""
        padding = "\n" * (self.line - 1)
        return compile(
            padding + self.source,
            str(self.page),
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        )


def examples_of(page: Path) -> list[Example]:
    """Return the examples of a page; whole test files are run by pytest itself."""
    text = page.read_text()
    headings = list(_HEADING.finditer(text))
    found = []
    for block in _BLOCK.finditer(text):
        above = [one[1] for one in headings if one.start() < block.start()]
        line = text.count("\n", 0, block.start(1)) + 1
        if "def test_" not in block[1]:
            found.append(Example(page, above[-1] if above else "", line, block[1]))
    return found


async def run_examples(examples: list[Example], folder: Path) -> dict[str, Any]:
    """Run the examples of a section in their order; return the names they defined."""
    async with Emulator(folder) as emulator:
        client = TriggerDevClient(
            secret_key=emulator.secret_key,
            api_url="http://emulator.test",
            transport=httpx.ASGITransport(emulator.app),
        )
        names: dict[str, Any] = {
            **_public(jobwire.emulator),
            **_public(jobwire.triggerdev),
            "emulator": emulator,
            "client": client,
            "folder": folder,
        }
        async with client, asyncio.timeout(MAX_SECONDS):
            for example in examples:
                # The examples are our own.
                running = eval(example.compiled(), names)  # noqa: S307
                if inspect.isawaitable(running):
                    await running
        return names


def public_calls(client: TriggerDevClient) -> list[str]:
    """Return every method of the client and of its groups, as one would call it."""
    return sorted(f"client.{name}" for name in _calls_of(client))


def _calls_of(group: object) -> list[str]:
    found = [
        name
        for name, _ in inspect.getmembers(type(group), inspect.isfunction)
        if not name.startswith("_")
    ]
    for name, value in vars(group).items():
        inside = type(value).__module__.startswith("jobwire.triggerdev.resources.")
        if inside and not name.startswith("_"):
            found += [f"{name}.{call}" for call in _calls_of(value)]
    return found


def _public(module: Any) -> dict[str, Any]:
    return {name: getattr(module, name) for name in module.__all__}
