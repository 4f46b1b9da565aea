"""Finding modules beside the user's jobs without touching `sys.path`."""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, ModuleType

_OURS = __name__.partition(".")[0]
_INSTALLED = ("site-packages", "dist-packages")


class FreshLoader(SourceFileLoader):
    """Compiles the source each time.

    Cached bytecode is told apart by size and by a time in whole seconds: a second
    save within one second would run the code of the first.
    """

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile the file as it is now."""
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class SiblingFinder(MetaPathFinder):
    """Finds modules in the user's folders, ahead of `sys.path`.

    Entries of `sys.path` would let a folder shadow the standard library for the whole
    process; this leaves the standard library and Jobwire alone, and remembers what it
    found, so that exactly that can be imported anew.
    """

    def __init__(self) -> None:
        self.roots: list[Path] = []
        self._found: dict[str, Path | None] = {}

    @property
    def installed(self) -> bool:
        """Whether imports ask it."""
        return self in sys.meta_path

    def install(self) -> None:
        """Have imports ask it first."""
        if not self.installed:
            sys.meta_path.insert(0, self)
        importlib.invalidate_caches()

    def remove(self) -> None:
        """Have imports ask it no more."""
        if self.installed:
            sys.meta_path.remove(self)

    def add_root(self, folder: Path) -> None:
        """Look in a folder, after those added before."""
        if folder not in self.roots:
            self.roots.append(folder)

    def names(self) -> set[str]:
        """Return the modules that it has found."""
        return set(self._found)

    def origins(self) -> set[Path]:
        """Return the files that it has found."""
        return {origin for origin in self._found.values() if origin is not None}

    def spec_of_file(self, name: str, file: Path) -> ModuleSpec:
        """Return the spec of one file under a name of the caller's choice."""
        self._found[name] = file
        loader = FreshLoader(name, str(file))
        spec = ModuleSpec(name, loader, origin=str(file))
        spec.has_location = True
        return spec

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module in the user's folders, or one inside a package of theirs."""
        top = fullname.partition(".")[0]
        if top == _OURS or top in sys.stdlib_module_names:
            return None
        folders = [str(root) for root in self.roots] if path is None else list(path)
        for folder in folders:
            if not self._is_theirs(folder):
                continue
            spec = _find(fullname, folder)
            if spec is None:
                continue
            if spec.loader is None:
                # A folder without __init__.py: any real package of that name wins.
                elsewhere = PathFinder.find_spec(fullname, path, target)
                if elsewhere is not None and elsewhere.loader is not None:
                    return None
            self._found[fullname] = Path(spec.origin) if spec.origin else None
            return spec
        return None

    def _is_theirs(self, folder: str) -> bool:
        place = Path(folder)
        return any(place.is_relative_to(root) for root in self.roots) and not any(
            part in _INSTALLED for part in place.parts
        )


def _find(fullname: str, folder: str) -> ModuleSpec | None:
    # A new one each time: it caches the folder by a modification time that is too
    # coarse for a file written a moment ago.
    finder = FileFinder(
        folder,
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (FreshLoader, SOURCE_SUFFIXES),
    )
    return finder.find_spec(fullname)
