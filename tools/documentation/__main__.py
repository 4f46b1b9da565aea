"""`./dev docs`: build the site, serve it while it is written, or check it."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.steps import ROOT, say

SITE = ROOT / "build" / "site"

#: What a browser would fetch by itself: scripts, styles, fonts and pictures.
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc="(https?:)?//[^"]+"
      | <link\b(?=[^>]*\brel="(?:stylesheet|preload|preconnect|icon)")[^>]*
        \bhref="(https?:)?//[^"]+" | url\(["']?https?:[^)]+\)""",
    re.VERBOSE,
)


def main(arguments: Sequence[str]) -> int:
    """Does what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="./dev docs",
        description="Build the documentation as a site. Links that lead nowhere are"
        " errors.",
    )
    do = parser.add_mutually_exclusive_group()
    do.add_argument("--serve", action="store_true", help="serve it, anew on each save")
    do.add_argument("--check", action="store_true", help="build it for a look only")
    parser.add_argument("--port", type=int, default=8001, help="of the server: 8001")
    chosen = parser.parse_args(arguments)
    if chosen.serve:
        return _mkdocs("serve", "--dev-addr", f"127.0.0.1:{chosen.port}").returncode
    if chosen.check:
        with tempfile.TemporaryDirectory(prefix="jobwire-site-") as folder:
            return build(Path(folder))
    status = build(SITE)
    if status == 0:
        say(f"The site: {SITE.relative_to(ROOT)}/index.html")
    return status


def loads_from_elsewhere(site: Path) -> Iterator[str]:
    """Yield what a built site would fetch from other hosts, as sentences."""
    for file in sorted(site.rglob("*")):
        if file.suffix in {".html", ".css"}:
            for found in _LOADED.finditer(file.read_text()):
                yield f"{file.relative_to(site)} loads {found[0]}"


def build(site: Path, configuration: Path = ROOT / "mkdocs.yml") -> int:
    """Build a site, and say what is wrong with it; returns the exit status."""
    # Not --quiet: what it keeps quiet about is not counted by --strict either.
    options = ("--strict", "--config-file", str(configuration), "--site-dir", str(site))
    ended = _mkdocs("build", *options, stderr=subprocess.PIPE)
    said = [line for line in ended.stderr.splitlines() if not line.startswith("INFO")]
    faults = said if ended.returncode else []
    faults += loads_from_elsewhere(site)
    say("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


def _mkdocs(
    *arguments: str, stderr: int | None = None
) -> subprocess.CompletedProcess[str]:
    # It would print news of its makers.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=stderr,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
