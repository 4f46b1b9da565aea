"""Database URLs: every form that people write."""

import pytest

from jobwire.models.database_url import DatabaseUrl, DatabaseUrlError, parse


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:secret@db.example:6543/jobs",
            DatabaseUrl("db.example", 6543, "ann", "secret", "jobs"),
        ),
        (
            "postgres://ann@localhost/jobs",
            DatabaseUrl("localhost", 5432, "ann", None, "jobs"),
        ),
        (
            "postgresql+asyncpg://ann:p%40ss%2Fword@h/jobs",
            DatabaseUrl("h", 5432, "ann", "p@ss/word", "jobs"),
        ),
        (
            "postgresql://ann@h/jobs?sslmode=require",
            DatabaseUrl("h", 5432, "ann", None, "jobs", "require"),
        ),
        (
            "postgresql+asyncpg://ann@h/jobs?ssl=verify-full",
            DatabaseUrl("h", 5432, "ann", None, "jobs", "verify-full"),
        ),
        (
            "postgresql://ann@[::1]:5433/jobs",
            DatabaseUrl("::1", 5433, "ann", None, "jobs"),
        ),
        (
            "postgresql:///jobs?host=/var/run/postgresql&user=ann",
            DatabaseUrl("/var/run/postgresql", 5432, "ann", None, "jobs"),
        ),
        (
            "postgresql://ann@h:6432/jobs?pgbouncer=true",
            DatabaseUrl("h", 6432, "ann", None, "jobs", is_pooled=True),
        ),
        (
            "  postgresql://h/jobs?statement_timeout=5s\n",
            DatabaseUrl(
                "h",
                5432,
                None,
                None,
                "jobs",
                options=(("statement_timeout", "5s"),),
            ),
        ),
    ],
)
def test_a_url_is_read_and_written(url: str, expected: DatabaseUrl) -> None:
    assert parse(url) == expected
    if not expected.options:
        assert parse(str(expected)) == expected
    assert expected.sqlalchemy.startswith("postgresql+asyncpg://")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://h/jobs", "scheme is 'mysql'"),
        ("localhost/jobs", "no scheme"),
        ("postgresql://h", "names no database"),
        ("postgresql://h:port/jobs", "port"),
        ("postgresql://h:99999/jobs", "port"),
        ("postgresql://h/jobs?sslmode=maybe", "sslmode is 'maybe'"),
        ("postgresql://h/jobs?pgbouncer=1", "pgbouncer is '1', not true or false"),
    ],
)
def test_a_url_that_names_no_database_is_refused_with_the_reason(
    url: str, reason: str
) -> None:
    with pytest.raises(DatabaseUrlError, match=reason) as refusal:
        parse(url)

    assert "Expected postgresql://" in str(refusal.value)


def test_the_password_is_not_shown() -> None:
    url = parse("postgresql://ann:secret@h/jobs")

    assert "secret" not in repr(url)
    assert "secret" not in url.display
