"""Loading the user's own jobs from files and modules, again and again."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.loading import JobLoadError, JobSource

JOB = """
    from jobwire.jobs.decorator import job

    @job("{name}")
    def run() -> {kind}:
        {body}
    """

Write = Callable[..., Path]
Load = Callable[..., JobSource]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(path: str, text: str = "", **names: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text.format(**names) if names else text))
        return file

    return write


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Load]:
    modules = dict(sys.modules)
    path = list(sys.path)
    sources: list[JobSource] = []

    def make(spec: str) -> JobSource:
        sources.append(JobSource(spec, directory=tmp_path))
        return sources[-1]

    yield make
    for one in sources:
        one.close()
    assert sys.path == path
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]


def results(definitions: tuple[JobDefinition, ...]) -> dict[str, Any]:
    return {one.name: one.function() for one in definitions}


def test_file_is_loaded_with_what_lies_beside_it(write: Write, source: Load) -> None:
    write("team/models/__init__.py")
    write("team/models/customer.py", "NAME = 'Ada'")
    write("team/app/__init__.py", "from models.customer import NAME")
    write("team/jobs/__init__.py", "raise RuntimeError('never imported')")
    write("team/loose/part.py", "NUMBER = 7")
    write(
        "team/jobs.py",
        """
        from app import NAME
        from loose.part import NUMBER
        from jobwire.jobs.decorator import job

        @job("greet")
        def greet() -> str:
            return f"{NAME} {NUMBER}"
        """,
    )

    assert results(source("team/jobs.py").load()) == {"greet": "Ada 7"}


def test_import_inside_a_function_works_after_loading(
    write: Write, source: Load
) -> None:
    write("team/late.py", "VALUE = 3")
    write(
        "team/jobs.py",
        JOB,
        name="late",
        kind="int",
        body="from late import VALUE; return VALUE",
    )

    assert results(source("team/jobs.py").load()) == {"late": 3}


def test_file_inside_a_package_may_import_relatively(
    write: Write, source: Load
) -> None:
    write("team/__init__.py")
    write("team/rates.py", "RATE = 2")
    write(
        "team/work.py",
        """
        from .rates import RATE
        from team.rates import RATE as SAME
        from jobwire.jobs.decorator import job

        @job("rate")
        def rate() -> int:
            return RATE + SAME
        """,
    )

    assert results(source("team/work.py").load()) == {"rate": 4}


def test_dotted_module_is_found_from_the_directory(write: Write, source: Load) -> None:
    write("crew/jobs.py", JOB, name="dotted", kind="int", body="return 1")

    assert results(source("crew.jobs").load()) == {"dotted": 1}


def test_several_entries_are_loaded_together(write: Write, source: Load) -> None:
    write("one/jobs.py", JOB, name="one", kind="int", body="return 1")
    write("two/jobs.py", JOB, name="two", kind="int", body="return 2")

    assert results(source("one/jobs.py, two/jobs.py").load()) == {"one": 1, "two": 2}


def test_standard_library_and_jobwire_cannot_be_shadowed(
    write: Write, source: Load
) -> None:
    write("team/colorsys.py", "raise RuntimeError('shadowed')")
    write("team/jobwire/__init__.py", "raise RuntimeError('shadowed')")
    write(
        "team/jobs.py",
        """
        import colorsys
        from jobwire.jobs.decorator import job

        @job("hue")
        def hue() -> bool:
            return hasattr(colorsys, "hls_to_rgb")
        """,
    )

    assert results(source("team/jobs.py").load()) == {"hue": True}


def test_folder_of_files_does_not_shadow_an_installed_package(
    write: Write, source: Load
) -> None:
    write("team/websockets/notes.txt", "not code")
    write(
        "team/jobs.py",
        """
        import websockets
        from jobwire.jobs.decorator import job

        @job("installed")
        def installed() -> bool:
            return websockets.__file__ is not None
        """,
    )

    assert results(source("team/jobs.py").load()) == {"installed": True}


def test_second_load_sees_changes_in_the_file_and_beside_it(
    write: Write, source: Load
) -> None:
    write("team/rates.py", "RATE = 1")
    write(
        "team/jobs.py",
        """
        from rates import RATE
        from jobwire.jobs.decorator import job

        @job("rate")
        def rate() -> int:
            return RATE
        """,
    )
    jobs = source("team/jobs.py")
    first = jobs.load()

    # Same size, within the same second: cached bytecode would not be told apart.
    write("team/rates.py", "RATE = 2")
    second = jobs.load()

    assert (results(first), results(second)) == ({"rate": 1}, {"rate": 2})


def test_failed_reload_keeps_the_modules_of_before(write: Write, source: Load) -> None:
    write("team/late.py", "VALUE = 3")
    write(
        "team/jobs.py",
        JOB,
        name="late",
        kind="int",
        body="import late; return late.VALUE",
    )
    jobs = source("team/jobs.py")
    definitions = jobs.load()
    assert results(definitions) == {"late": 3}
    late = sys.modules["late"]

    write("team/jobs.py", "import late\nthis is no python")
    with pytest.raises(JobLoadError):
        jobs.load()

    assert sys.modules["late"] is late
    assert results(definitions) == {"late": 3}


def test_load_leaves_modules_of_the_host_alone(write: Write, source: Load) -> None:
    write("team/hosted.py", "VALUE = object()")
    write("team/jobs.py", JOB, name="a", kind="None", body="import hosted")
    jobs = source("team/jobs.py")
    sys.modules["hosted"] = host = type(sys)("hosted")

    jobs.load()
    jobs.load()

    assert sys.modules["hosted"] is host


class Importing(str):
    """The name of a module during whose look another one is imported elsewhere."""

    __slots__ = ()

    def partition(self, separator: str) -> tuple[str, str, str]:
        sys.modules["imported_elsewhere"] = sys
        return super().partition(separator)


def test_other_threads_may_import_while_it_is_loaded(
    write: Write, source: Load
) -> None:
    write("my_jobs.py", JOB, name="n", kind="int", body="return 1")
    sys.modules[Importing("looked_at")] = sys

    assert results(source("my_jobs").load()) == {"n": 1}

    assert "imported_elsewhere" in sys.modules


def test_sources_are_the_files_that_were_read_or_tried(
    write: Write, source: Load, tmp_path: Path
) -> None:
    write("team/rates.py", "RATE = 1")
    write("team/broken.py", "RATE =")
    write("team/jobs.py", "import rates\nimport broken")
    jobs = source("team/jobs.py")

    with pytest.raises(JobLoadError):
        jobs.load()

    assert jobs.sources() == tuple(
        tmp_path / "team" / name for name in ("broken.py", "jobs.py", "rates.py")
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = 1 / 0", r"jobs\.py:2: ZeroDivisionError: division by zero"),
        ("x = (", r"jobs\.py:1: SyntaxError: .*Correct it and save"),
        ("import sys\nsys.exit(3)", r"jobs\.py:2: SystemExit: 3"),
        ("import nowhere_to_be_found", r"jobs\.py:1: .*Install 'nowhere_to_be_found'"),
        ("x = 1", r"holds no job\. Mark a function"),
        (
            "from jobwire.jobs.decorator import job\njob('a')(len)",
            r"len cannot be a job: it is a builtin_function_or_method",
        ),
        (
            "import deeper",
            r"deeper\.py:2: ValueError: too deep",
        ),
    ],
)
def test_error_names_the_file_and_line_and_what_to_do(
    write: Write, source: Load, text: str, message: str
) -> None:
    write("team/deeper.py", "\nraise ValueError('too deep')")
    write("team/jobs.py", text)

    with pytest.raises(JobLoadError, match=message) as caught:
        source("team/jobs.py").load()

    assert str(caught.value).startswith("JOBWIRE_JOBS=team/jobs.py: ")


def test_missing_file_says_where_it_was_looked_for(
    source: Load, tmp_path: Path
) -> None:
    with pytest.raises(JobLoadError, match=rf"there is no file {tmp_path}/no\.py"):
        source("no.py").load()


def test_missing_module_says_where_it_was_looked_for(
    source: Load, tmp_path: Path
) -> None:
    with pytest.raises(JobLoadError, match=rf"put it into one of {tmp_path}"):
        source("no_such_team.jobs").load()


def test_two_jobs_of_one_name_are_refused(write: Write, source: Load) -> None:
    write("one.py", JOB, name="same", kind="None", body="pass")
    write("two.py", JOB, name="same", kind="None", body="pass")

    with pytest.raises(JobLoadError, match=r"Two jobs are named 'same': .*one.*two"):
        source("one.py,two.py").load()


def test_closed_source_finds_nothing_any_more(write: Write, source: Load) -> None:
    write("team/sibling_of_closed.py")
    write("team/jobs.py", JOB, name="a", kind="None", body="pass")
    jobs = source("team/jobs.py")
    jobs.load()

    jobs.close()

    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("sibling_of_closed")
