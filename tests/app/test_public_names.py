import subprocess
import sys

import pytest

import jobwire


@pytest.mark.parametrize("name", jobwire.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(jobwire, name).__name__ == name


def test_a_name_that_is_not_public_is_none() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Jobwires'"):
        _ = jobwire.Jobwires


def test_names_are_listed() -> None:
    assert set(jobwire.__all__) <= set(dir(jobwire))


def test_the_import_alone_loads_neither_a_web_framework_nor_a_database_driver() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import jobwire, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    heavy = {"asyncpg", "pydantic", "sqlalchemy", "starlette", "strawberry", "uvicorn"}
    assert heavy.isdisjoint(loaded)
