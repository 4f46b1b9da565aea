"""Errors at the edge: total over the tree, and silent about what nobody expected."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from graphql import GraphQLError, located_error

from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import (
    UnmappedError,
    format_error,
    refusal,
    to_user_errors,
)
from jobwire.jobs import errors
from jobwire.models.vocabulary import Executor, JobStatus
from tests.factories import build_run_job

SAMPLES: dict[type[errors.JobError], tuple[errors.JobError, str]] = {
    errors.InvalidInputError: (
        errors.InvalidInputError("no", path=("tag",)),
        "ValidationError",
    ),
    errors.UnknownTypeError: (errors.UnknownTypeError("x", ["y"]), "ValidationError"),
    errors.InvalidCursorError: (errors.InvalidCursorError("no"), "ValidationError"),
    errors.SparseFilterError: (errors.SparseFilterError(100), "ValidationError"),
    errors.NotFoundError: (errors.NotFoundError("job_1"), "NotFoundError"),
    errors.UnauthenticatedError: (errors.UnauthenticatedError(), "ForbiddenError"),
    errors.ForbiddenError: (errors.ForbiddenError("jobs:read"), "ForbiddenError"),
    errors.InvalidStateError: (
        errors.InvalidStateError("retried", JobStatus.QUEUED, [JobStatus.FAILED]),
        "InvalidStateError",
    ),
    errors.VersionConflictError: (
        errors.VersionConflictError(3, 4),
        "VersionConflictError",
    ),
    errors.IdempotencyConflictError: (
        errors.IdempotencyConflictError(
            build_run_job(idempotency_key="key-1"), ["data"]
        ),
        "IdempotencyConflictError",
    ),
    errors.BatchRefusedError: (
        errors.BatchRefusedError(
            {1: errors.InvalidInputError("no", path=("tag",))}, of=2
        ),
        "ValidationError",
    ),
    errors.CountMismatchError: (errors.CountMismatchError(2, 1), "CountMismatchError"),
    errors.RateLimitedError: (
        errors.RateLimitedError("user", 60, timedelta(seconds=1.5)),
        "RateLimitedError",
    ),
    errors.NotConfiguredError: (
        errors.NotConfiguredError("no"),
        "NotConfiguredError",
    ),
    errors.ExecutorUnavailableError: (
        errors.ExecutorUnavailableError(Executor.TRIGGER, "no"),
        "ExecutorError",
    ),
    errors.WebhookSignatureError: (
        errors.WebhookSignatureError("no"),
        "ForbiddenError",
    ),
}


def _tree(root: type[errors.JobError] = errors.JobError) -> Iterator[type]:
    for leaf in root.__subclasses__():
        if leaf.__module__.startswith("jobwire."):
            yield leaf
            yield from _tree(leaf)


def test_every_refusal_has_a_sample_here() -> None:
    assert set(_tree()) == set(SAMPLES)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in SAMPLES if kind is not errors.BatchRefusedError],
    ids=lambda kind: kind.__name__,
)
def test_every_refusal_is_data_in_a_mutation(kind: type[errors.JobError]) -> None:
    error, typename = SAMPLES[kind]

    [shown] = to_user_errors(error)

    assert type(shown).__name__ == typename
    assert (shown.message, shown.code) == (error.message, error.code)
    assert shown.path == (None if error.path is None else ["input", *error.path])


def test_each_refusal_of_a_batch_is_told_with_its_place() -> None:
    [shown] = to_user_errors(SAMPLES[errors.BatchRefusedError][0])

    assert type(shown).__name__ == "ValidationError"
    assert shown.path == ["input", "jobs", "1", "tag"]


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_code_elsewhere(kind: type[errors.JobError]) -> None:
    error, _ = SAMPLES[kind]

    shown = format_error(located_error(error, None, ["job"]))

    assert shown["message"] == error.message
    assert shown["path"] == ["job"]
    assert shown["extensions"]["code"] == error.code
    assert shown["extensions"].get("argument") == (
        None if error.path is None else list(error.path)
    )


def test_a_refusal_for_now_says_when_to_ask_again() -> None:
    error, _ = SAMPLES[errors.RateLimitedError]

    [shown] = to_user_errors(error)

    assert shown.retry_after == timedelta(seconds=1.5)
    assert refusal(error)["extensions"] == {
        "code": "RATE_LIMITED",
        "retryAfter": "PT1.5S",
    }
    assert "60 operations a minute" in error.message
    assert "Try again in 1.5 s" in error.message


def test_a_refusal_without_a_type_is_not_hidden() -> None:
    class NewError(errors.JobError):
        code = "NEW"

    with pytest.raises(UnmappedError, match="NewError"):
        to_user_errors(NewError("new"))


def test_an_error_of_graphql_itself_is_told_as_it_is() -> None:
    shown = format_error(GraphQLError("told"), code=ErrorCode.VALIDATION_FAILED)

    assert shown == {
        "message": "told",
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
    }


def test_an_error_that_brings_a_code_keeps_it() -> None:
    error = GraphQLError("told", extensions={"code": "LIMIT_EXCEEDED"})

    assert format_error(error)["extensions"] == {"code": "LIMIT_EXCEEDED"}


@pytest.mark.parametrize("levels", [1, 2])
def test_an_unexpected_error_is_masked_and_logged_under_an_id(
    caplog: pytest.LogCaptureFixture, levels: int
) -> None:
    error = located_error(KeyError("secret"), None, ["jobs", 0, "data"])
    if levels == 2:
        error = GraphQLError("secret", path=error.path, original_error=error)

    shown = format_error(error)

    assert "secret" not in str(shown)
    assert shown["path"] == ["jobs", 0, "data"]
    assert shown["extensions"]["code"] == "INTERNAL_ERROR"
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.error_id == shown["extensions"]["id"]
    assert record.exc_info[0] is KeyError
    assert "jobs.0.data" in record.getMessage()
