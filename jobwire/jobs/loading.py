"""Loading: the user's own jobs, from files and modules, again on every save."""

import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from zlib import crc32

from jobwire.jobs.decorator import definition_of
from jobwire.jobs.definition import JobDefinition, JobDefinitionError
from jobwire.jobs.loading_siblings import SiblingFinder
from jobwire.jobs.registry import RegistryError, collect


class JobLoadError(Exception):
    """Jobs that could not be loaded: which file and line, why, and what to do."""

    def __init__(self, entry: str, reason: str) -> None:
        self.entry = entry
        super().__init__(f"JOBWIRE_JOBS={entry}: {reason}")


class JobSource:
    """The files and modules that hold the user's jobs.

    A file may import what lies beside it (`from models.customer import Customer`),
    with or without packages above it. Its folder is asked before `sys.path`, but can
    shadow neither the standard library nor Jobwire.

    Args:
        spec: Files (`myteam/jobs.py`) and dotted modules (`myteam.jobs`), separated
            by commas.
        directory: What relative files and dotted modules are relative to.
    """

    def __init__(self, spec: str, *, directory: Path) -> None:
        self._entries = [entry.strip() for entry in spec.split(",") if entry.strip()]
        self._directory = directory.resolve()
        self._finder = SiblingFinder()
        self._foreign: frozenset[str] | None = None

    def load(self) -> tuple[JobDefinition, ...]:
        """Import everything and return its definitions.

        A second call imports anew what the first one imported from the user's
        folders. When it fails, the modules of before are put back, so that functions
        of before go on with what they knew.

        Raises:
            JobLoadError: Something is missing, broken, or holds no job.
        """
        before = self._forget()
        self._finder.install()
        try:
            modules = [(entry, self._import(entry)) for entry in self._entries]
            return self._collect(modules)
        except JobLoadError:
            self._forget()
            sys.modules.update(before)
            raise

    def sources(self) -> tuple[Path, ...]:
        """Return the files to watch: all that any load has read or tried to read."""
        files = {path for path in map(self._file, self._entries) if path is not None}
        return tuple(sorted(files | self._finder.origins()))

    def close(self) -> None:
        """Stop finding modules in the user's folders; what is imported stays."""
        self._finder.remove()

    def _import(self, entry: str) -> ModuleType:
        file = self._file(entry)
        if file is not None and not file.is_file():
            raise JobLoadError(
                entry,
                f"there is no file {file}. Give a path relative to"
                f" {self._directory}, or a dotted module.",
            )
        try:
            if file is not None:
                return self._import_file(file)
            self._finder.add_root(self._directory)
            return importlib.import_module(entry)
        # A module may raise anything at all, and sys.exit() is a common one.
        except (Exception, SystemExit) as error:
            raise JobLoadError(entry, self._explain(error)) from error

    def _import_file(self, file: Path) -> ModuleType:
        self._finder.add_root(file.parent)
        top = file.parent
        while (top / "__init__.py").is_file():
            top = top.parent
        self._finder.add_root(top)
        self._finder.add_root(self._directory)
        if top != file.parent:
            return importlib.import_module(
                ".".join(file.relative_to(top).with_suffix("").parts)
            )
        # A name of its own: beside jobs.py there may well be a package jobs.
        name = f"jobwire_jobs_from_{crc32(bytes(file)):08x}_{file.stem}"
        spec = self._finder.spec_of_file(name, file)
        module = importlib.util.module_from_spec(spec)
        # Before it runs: pydantic looks up annotations in the module by its name.
        sys.modules[name] = module
        if spec.loader is not None:
            spec.loader.exec_module(module)
        return module

    def _collect(
        self, modules: list[tuple[str, ModuleType]]
    ) -> tuple[JobDefinition, ...]:
        for entry, module in modules:
            if not any(map(definition_of, vars(module).values())):
                raise JobLoadError(
                    entry,
                    f"{module.__file__} holds no job. Mark a function with"
                    ' @jobwire.job("a-name").',
                )
        try:
            return collect(*[module for _, module in modules])
        except RegistryError as error:
            raise JobLoadError(",".join(self._entries), str(error)) from error

    def _forget(self) -> dict[str, ModuleType]:
        """Take out of `sys.modules` what came from the user's folders."""
        if self._foreign is None:
            # What is there before the first load is the host's own, and stays.
            self._foreign = frozenset(sys.modules)
        named = {
            entry.partition(".")[0]
            for entry in self._entries
            if self._file(entry) is None
        }
        # Other threads may be importing.
        loaded = tuple(sys.modules)
        theirs = self._finder.names() | {
            name for name in loaded if name.partition(".")[0] in named
        }
        return {
            name: sys.modules.pop(name)
            for name in theirs - self._foreign
            if name in sys.modules
        }

    def _file(self, entry: str) -> Path | None:
        if entry.endswith(".py") or "/" in entry or "\\" in entry:
            return (self._directory / Path(entry).expanduser()).resolve()
        return None

    def _explain(self, error: BaseException) -> str:
        if isinstance(error, JobDefinitionError):
            return str(error)
        said = f"{type(error).__name__}: {error}"
        if isinstance(error, SyntaxError):
            return f"{error.filename}:{error.lineno}: {said}. Correct it and save."
        frames = traceback.extract_tb(error.__traceback__)
        theirs = [
            frame
            for frame in frames
            if any(Path(frame.filename).is_relative_to(r) for r in self._finder.roots)
            and "site-packages" not in frame.filename
            and not Path(frame.filename).is_relative_to(Path(__file__).parent)
        ]
        place = f"{theirs[-1].filename}:{theirs[-1].lineno}: " if theirs else ""
        return f"{place}{said}. {self._advise(error)}"

    def _advise(self, error: BaseException) -> str:
        if isinstance(error, ModuleNotFoundError) and error.name is not None:
            looked = ", ".join(map(str, self._finder.roots))
            return (
                f"Install {error.name.partition('.')[0]!r} into {sys.prefix}, or put it"
                f" into one of {looked}."
            )
        return "Correct it and save."
