"""docs/operations.md: what it tells to look at is there."""

import pytest

from jobwire.models.database import Database
from jobwire.models.vocabulary import AttentionKind
from tests.docs.blocks import blocks_of
from tests.docs.reader import ROOT

PAGE = ROOT / "docs" / "operations.md"
STATEMENTS = [
    statement
    for block in blocks_of(PAGE)
    if block.language == "sql"
    for statement in block.text.split(";\n")
    if statement.strip()
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_every_statement_can_be_run(database: Database, statement: str) -> None:
    async with database.connection() as connection:
        assert await connection.fetch(statement) is not None


def test_it_says_what_to_do_about_each_kind_of_attention() -> None:
    page = PAGE.read_text()

    assert not [kind for kind in AttentionKind if kind not in page]
