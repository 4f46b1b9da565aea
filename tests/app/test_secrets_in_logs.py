"""A log to read: what real requests, jobs and dispatches leave there."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

from jobwire import JobContext, Jobwire, Settings, create_app, job
from jobwire.app.logs import configure
from jobwire.app.tokens import mint_token
from jobwire.jobs import api_keys
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.viewer import Scope
from jobwire.models.database import Database
from tests.worker.conftest import until

pytestmark = pytest.mark.usefixtures("bare_environment")

AUTH_SECRET = "what-signs-the-tokens-of-these-tests-0001"
TRIGGER_KEY = "tr_dev_0123456789abcdefABCDEF"
WEBHOOK_SECRETS = ("the-old-webhook-secret-1", "the-new-webhook-secret-2")
NOTIFY_SECRET = "whsec_bm90aWZpY2F0aW9ucyBhcmUgc2lnbmVkIHdpdGg="
NOTIFY_PATH = "hooks/a-path-as-good-as-a-token"
CARD = "password-of-the-database-of-a-job"
SCHEDULE = """mutation ($type: String!, $executor: Executor, $task: String) {
  scheduleJob(input: {type: $type, tag: "t", executor: $executor,
                      triggerTaskId: $task}) {
    job { id } errors { message } } }"""


@job("leak", retry_config=RetryConfig(max_attempts=1))
async def leak(context: JobContext) -> None:
    """Do with secrets what nobody should."""
    sent = {"Authorization": f"Bearer {TRIGGER_KEY}", "password": CARD}
    logging.getLogger("users.own").warning("sent %s", sent, extra={"headers": sent})
    structlog.get_logger("users.own").warning(
        "sent", api_key=CARD, url=f"db://me:{CARD}@h"
    )
    context.log.info("signed with %s", WEBHOOK_SECRETS[0])
    msg = f"postgresql://me:{CARD}@localhost/db refused {AUTH_SECRET}"
    raise RuntimeError(msg)


@pytest.fixture(autouse=True)
def structlog_kept() -> Iterator[None]:
    yield
    structlog.reset_defaults()


async def test_no_secret_is_in_the_log_and_every_line_says_what_it_is_about(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(
        database_url=str(database.url),
        auth_secret=AUTH_SECRET,
        # Nothing listens there: what is sent fails, and is logged.
        trigger_api_url="http://127.0.0.1:9",
        trigger_secret_key=TRIGGER_KEY,
        trigger_webhook_secret=",".join(WEBHOOK_SECRETS),
        notify_url=f"http://127.0.0.1:9/{NOTIFY_PATH}",
        notify_secret=NOTIFY_SECRET,
        log_dir=tmp_path,
        log_level="DEBUG",
        jobs="",
    )
    file = configure(settings, to_file=True)
    assert file is not None
    token = mint_token(
        SecretStr(AUTH_SECRET),
        user_id="ann",
        scopes=(Scope.JOBS_READ, Scope.JOBS_WRITE),
        lifetime=timedelta(hours=1),
        now=SystemClock().now(),
    )
    async with database.connection() as connection:
        made = await api_keys.create(
            connection,
            name="shop",
            user_id="ann",
            scopes=[Scope.ADMIN, Scope.JOBS_WRITE, Scope.JOBS_READ],
            now=SystemClock().now(),
        )

    async with Jobwire(settings, jobs=[leak]) as jobwire:
        transport = httpx.ASGITransport(create_app(jobwire))
        async with httpx.AsyncClient(transport=transport, base_url="http://j") as http:
            job_id = await _schedule(http, token, type="leak")
            await _schedule(http, made.secret, type="x", executor="TRIGGER", task="t")
            refused = await http.post(
                "/graphql",
                json={"query": "{ viewer { userId } }"},
                headers={"Authorization": f"Bearer {token}x", "Cookie": f"s={token}"},
            )
            assert refused.status_code == 401
            posted = await http.post(
                "/api/trigger/webhook",
                json={},
                headers={"x-trigger-signature-hmacsha256": "0" * 64},
            )
            assert posted.status_code == 401

            async def told() -> bool:
                text = await asyncio.to_thread(file.read_text)
                return all(
                    f'"action": "{action}"' in text
                    for action in (
                        "attempt-failed",
                        "notifications-not-taken",
                        "trigger-health",
                        "webhook-refused",
                    )
                )

            await until(told, "the lines of all that went wrong")

    written = file.read_text() + capsys.readouterr().err
    secrets = [AUTH_SECRET, TRIGGER_KEY, *WEBHOOK_SECRETS, NOTIFY_SECRET, NOTIFY_PATH]
    for secret in (*secrets, CARD, token, made.secret, token.split(".")[2]):
        assert secret not in written
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    of_job = [line for line in lines if line["logger"] in ("users.own", "jobwire.job")]
    assert len(of_job) == 4
    for line in of_job:
        assert (line["job_id"], line["job_type"]) == (job_id, "leak")
        assert (line["attempt"], line["user_id"]) == (1, "ann")
    [refusal] = [line for line in lines if line.get("action") == "webhook-refused"]
    assert refusal["request_id"] == posted.headers["x-request-id"]


async def _schedule(http: httpx.AsyncClient, token: str, **variables: Any) -> str:
    answer = await http.post(
        "/graphql",
        json={"query": SCHEDULE, "variables": variables},
        headers={"Authorization": f"Bearer {token}"},
    )
    payload = answer.json()["data"]["scheduleJob"]
    assert payload["errors"] == []
    id: str = payload["job"]["id"]
    return id
