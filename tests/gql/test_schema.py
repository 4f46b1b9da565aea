"""The published schema: described, deterministic, and the one that is committed."""

import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
from graphql import (
    GraphQLNamedType,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_specified_scalar_type,
    validate_schema,
)

from jobwire.gql.schema import core, print_schema
from jobwire.gql.scopes import Scope
from jobwire.gql.types.attention_kind import AttentionKind
from jobwire.gql.types.bulk_operation import BulkAction, BulkStatus
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_attempt import AttemptStatus
from jobwire.gql.types.job_cancellation import CancelMode, CancelOutcome
from jobwire.gql.types.job_event import JobEventKind, SignalSource
from jobwire.gql.types.job_failure import JobFailureKind
from jobwire.gql.types.job_log import LogLevel
from jobwire.gql.types.job_status import JobStatus
from jobwire.gql.types.notification import NotificationStatus
from jobwire.jobs import viewer
from jobwire.models import vocabulary

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def _described() -> Iterator[tuple[str, str | None]]:
    """Every place of the schema that has room for a description."""
    for directive in build_schema(print_schema()).directives:
        yield f"@{directive.name}", directive.description
        for argument, definition in directive.args.items():
            yield f"@{directive.name}({argument}:)", definition.description
    for kind in core.type_map.values():
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind):
            yield kind.name, kind.description
            yield from _members(kind)


def _members(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if is_enum_type(kind):
        members = kind.values
    elif is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
        members = kind.fields
    else:
        return
    for name, member in members.items():
        yield f"{kind.name}.{name}", member.description
        for argument, definition in getattr(member, "args", {}).items():
            yield f"{kind.name}.{name}({argument}:)", definition.description


def test_everything_has_a_description_of_whole_sentences() -> None:
    described = dict(_described())

    assert len(described) > 250
    assert [
        place
        for place, text in described.items()
        if not text or not text.endswith(".") or text != text.strip()
    ] == []


def test_the_committed_file_is_the_printed_schema() -> None:
    assert COMMITTED.read_text() == print_schema(), (
        "schema.graphql is stale: print it with `jobwire schema`."
    )


def test_the_print_does_not_depend_on_the_order_of_hashes() -> None:
    printed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import jobwire.gql.schema as s; print(s.print_schema(), end='')",
        ],
        env={"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert printed.stdout == print_schema()


def test_the_printed_schema_is_valid_on_its_own() -> None:
    assert validate_schema(build_schema(print_schema())) == []


def test_nothing_is_printed_as_null_by_default() -> None:
    assert "= null" not in print_schema()


def test_the_defaults_of_pages_are_printed() -> None:
    printed = print_schema()

    assert printed.count("first: Int = 20") == 6
    assert printed.count("first: Int = 50") == 2
    assert printed.count("first: Int = 100") == 1


@pytest.mark.parametrize(
    ("published", "kept", "unpublished"),
    [
        (JobStatus, vocabulary.JobStatus, set()),
        (Executor, vocabulary.Executor, set()),
        (JobFailureKind, vocabulary.FailureKind, set()),
        (CancelMode, vocabulary.CancelMode, set()),
        (CancelOutcome, vocabulary.CancelOutcome, set()),
        (AttentionKind, vocabulary.AttentionKind, set()),
        (AttemptStatus, vocabulary.AttemptStatus, set()),
        (SignalSource, vocabulary.SignalSource, set()),
        (
            JobEventKind,
            vocabulary.EventKind,
            set(),
        ),
        (NotificationStatus, vocabulary.NotificationStatus, set()),
        (LogLevel, vocabulary.LogLevel, set()),
        (Scope, viewer.Scope, set()),
        (BulkAction, vocabulary.BulkAction, set()),
        (BulkStatus, vocabulary.BulkStatus, set()),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_enums_publish_the_words_that_can_occur(
    published: type[Enum], kept: type[Enum], unpublished: set[str]
) -> None:
    words = {member.name: member.value for member in kept}

    assert {member.name: member.value for member in published} == {
        name: word for name, word in words.items() if name not in unpublished
    }
    assert unpublished < set(words)
