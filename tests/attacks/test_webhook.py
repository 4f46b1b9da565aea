"""The webhook: what strangers post is refused cheaply, and nothing is kept of it."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jobwire import Jobwire, Settings, create_app
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.job import Job
from jobwire.jobs.webhook import MAX_BODY_BYTES
from jobwire.models.database import Database
from jobwire.triggerdev import sign_hex, sign_standard
from jobwire.triggerdev.signature import HEX_HEADER
from jobwire.web.trigger_webhook import PATH, Refusals
from tests.attacks.conftest import Attacked
from tests.attacks.raw import connection
from tests.attacks.served import SECRET as ATTACKED_SECRET
from tests.factories import RUN_ID
from tests.jobs.posted import alert, body_of, event, hex_headers, standard_headers

SECRET = "whsec_" + base64.b64encode(b"the secret of these tests").decode()
OLD = "the secret before that one"
BODY = body_of(event())
NOW = SystemClock().now


@pytest.fixture
async def jobwire(database: Database) -> AsyncIterator[Jobwire]:
    settings = Settings(
        _env_file=None,
        database_url=str(database.url),
        jobs="",
        auth_secret="a-secret-of-this-test-that-is-long",
        trigger_webhook_secret=f"{SECRET}, {OLD}",
    )
    async with Jobwire(settings, worker=False) as jobwire:
        yield jobwire


@pytest.fixture
async def http(jobwire: Jobwire) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(jobwire))
    async with httpx.AsyncClient(transport=transport, base_url="http://attack") as http:
        yield http


@pytest.fixture
async def job(make_job) -> Job:
    return await make_job(
        executor="trigger",
        dispatch_state="linked",
        dispatch_number=1,
        trigger_run_id=RUN_ID,
    )


async def _kept(database: Database) -> tuple[int, int]:
    """Return how many deliveries there are, and the greatest version of a job."""
    async with database.connection() as connection:
        return tuple(
            await connection.fetchrow(
                "SELECT (SELECT count(*) FROM webhook_deliveries),"
                " (SELECT COALESCE(max(version), 0) FROM worker_jobs)"
            )
        )


def _hex(signature: str) -> dict[str, str]:
    return {HEX_HEADER: signature}


def _standard(**changed: str) -> dict[str, str]:
    given = standard_headers(BODY, NOW(), SECRET)
    return given | {f"Webhook-{name.title()}": value for name, value in changed.items()}


def _at(seconds: float) -> dict[str, str]:
    return standard_headers(BODY, NOW() + timedelta(seconds=seconds), SECRET)


RIGHT = sign_hex(SECRET, BODY)
DIGEST = hmac.digest(base64.b64decode(SECRET[6:]), b"x", hashlib.sha256)

BAD: dict[str, Callable[[], Any]] = {
    "none": dict,
    "empty": lambda: _hex(""),
    "of another secret": lambda: _hex(sign_hex("some other secret", BODY)),
    "of another body": lambda: _hex(sign_hex(SECRET, BODY + b" ")),
    "of the body without its end": lambda: _hex(sign_hex(SECRET, BODY[:-1])),
    "of the key and not of the text": lambda: _hex(
        hmac.new(base64.b64decode(SECRET[6:]), BODY, hashlib.sha256).hexdigest()
    ),
    "truncated": lambda: _hex(RIGHT[:-1]),
    "half": lambda: _hex(RIGHT[:32]),
    "longer": lambda: _hex(RIGHT + "0"),
    "upper-case": lambda: _hex(RIGHT.upper()),
    "with its algorithm": lambda: _hex(f"sha256={RIGHT}"),
    "in base64": lambda: _hex(base64.b64encode(bytes.fromhex(RIGHT)).decode()),
    "by SHA-1": lambda: _hex(hmac.new(SECRET.encode(), BODY, "sha1").hexdigest()),
    "by SHA-512": lambda: _hex(hmac.new(SECRET.encode(), BODY, "sha512").hexdigest()),
    "without a key": lambda: _hex(hashlib.sha256(BODY).hexdigest()),
    "of an empty key": lambda: _hex(hmac.new(b"", BODY, "sha256").hexdigest()),
    "no ASCII": lambda: [(HEX_HEADER.encode(), b"\xff" * 64)],
    "of other digits": lambda: [(HEX_HEADER.encode(), "٣".encode() * 32)],
    "twice, the right one last": lambda: [(HEX_HEADER, "0" * 64), (HEX_HEADER, RIGHT)],
    "twice the right one": lambda: [(HEX_HEADER, RIGHT), (HEX_HEADER, RIGHT)],
    "two in one": lambda: _hex(f"{RIGHT},{RIGHT}"),
    "standard, without an id": lambda: _standard(id=""),
    "standard, of another id": lambda: _standard(id="message-2"),
    "standard, without a time": lambda: _standard(timestamp=""),
    "standard, and hex": lambda: _standard(signature="v1,x") | _hex(RIGHT),
    "standard, from long ago": lambda: _at(-301),
    "standard, from the future": lambda: _at(360),
    "standard, NaN": lambda: _standard(timestamp="NaN"),
    "standard, infinite": lambda: _standard(timestamp="Infinity"),
    "standard, negative": lambda: _standard(timestamp="-1"),
    "standard, huge": lambda: _standard(timestamp="9" * 5_000),
    "standard, with a fraction": lambda: _standard(
        timestamp=f"{NOW().timestamp():.1f}"
    ),
    "standard, in other digits": lambda: [
        *_standard(timestamp="0").items(),
        ("Webhook-Timestamp", "١٢٣".encode()),
    ],
    "standard, another version": lambda: _standard(
        signature=_standard()["Webhook-Signature"].replace("v1,", "v2,")
    ),
    "standard, in hex": lambda: _standard(signature=f"v1,{DIGEST.hex()}"),
    "standard, of the whole text": lambda: _standard(
        signature="v1,"
        + base64.b64encode(
            hmac.digest(SECRET.encode(), b"message-1.0." + BODY, "sha256")
        ).decode()
    ),
    "standard, a thousand": lambda: _standard(
        signature=" ".join(
            [f"v1,{base64.b64encode(DIGEST).decode()}"] * 1_000
            + [_standard()["Webhook-Signature"]]
        )
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_signature_costs_no_statement(
    http: httpx.AsyncClient, jobwire: Jobwire, name: str
) -> None:
    # Whoever asked the database now would be answered with 503.
    jobwire.engine.database.terminate()

    answer = await http.post(PATH, content=BODY, headers=BAD[name]())

    assert answer.status_code == 401
    assert len(answer.content) < 200
    assert SECRET not in answer.text
    assert RIGHT not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b'{"type": "RUN_STARTED"}', 400),
        (b'{"type": "alert.run.failed"}', 400),
        (b'{"type": "alert.error"}', 200),
        (b'{"type": "RUN_PAUSED"}', 200),
    ],
)
async def test_what_cannot_be_taken_in_costs_no_statement_either(
    http: httpx.AsyncClient, jobwire: Jobwire, body: bytes, status: int
) -> None:
    jobwire.engine.database.terminate()

    answer = await http.post(PATH, content=body, headers=hex_headers(body, SECRET))

    assert answer.status_code == status


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize("secret", [SECRET, OLD])
@pytest.mark.parametrize("scheme", ["hex", "standard"])
async def test_each_secret_counts_while_one_replaces_another(
    http: httpx.AsyncClient, secret: str, scheme: str
) -> None:
    headers = (
        hex_headers(BODY, secret)
        if scheme == "hex"
        else standard_headers(BODY, NOW(), secret)
    )

    answer = await http.post(PATH, content=BODY, headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"status": "applied"})


@pytest.mark.usefixtures("job")
async def test_a_sender_that_signs_with_both_secrets_is_believed(
    http: httpx.AsyncClient,
) -> None:
    now = NOW()
    both = [
        sign_standard(secret, id="message-1", timestamp=now, body=BODY)
        for secret in ("a secret that is not known here", OLD)
    ]
    headers = standard_headers(BODY, now, OLD) | {"Webhook-Signature": " ".join(both)}

    assert (await http.post(PATH, content=BODY, headers=headers)).status_code == 200


async def test_what_is_replayed_is_folded_in_once(
    http: httpx.AsyncClient, job: Job, database: Database
) -> None:
    headers = standard_headers(BODY, NOW(), SECRET)

    answers = await asyncio.gather(
        *(http.post(PATH, content=BODY, headers=headers) for _ in range(20))
    )

    told = sorted(answer.json()["status"] for answer in answers)
    assert told == ["applied", *["duplicate"] * 19]
    assert {answer.status_code for answer in answers} == {200}
    assert await _kept(database) == (1, job.version + 1)


def _event(**given: Any) -> bytes:
    return body_of(event("RUN_COMPLETED", **given))


def _output(text: str) -> bytes:
    return _event(output="here").replace(b'"here"', text.encode())


MALFORMED: dict[str, bytes] = {
    "UTF-16": json.dumps(event()).encode("utf-16"),
    "UTF-32": json.dumps(event()).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "no UTF-8": BODY.replace(b"RUN_STARTED", b"RUN_STARTED\xff"),
    "an encoded surrogate": _output('"\\ud83d').replace(b"\\ud83d", b'\xed\xa0\xbd"'),
    "gzip": b"\x1f\x8b\x08" + bytes(20),
    "NaN": _output("NaN"),
    "infinite": _output("-Infinity"),
    "too large for a number": _output("1e999"),
    "5,000 digits": _output("9" * 5_000),
    "100,000 arrays": _output("[" * 100_000 + "]" * 100_000),
    "100,000 objects": _output('{"a":' * 100_000 + "1" + "}" * 100_000),
    "NUL as it is": _output('"\0"'),
    "two values": BODY + BODY,
    "a comma too many": BODY[:-1] + b",}",
    "a run id that is a number": _event(run={"id": 5}),
    "a run id that is null": _event(run={"id": None}),
    "a run id that is an object": _event(run={"id": {"a": 1}}),
    "a run id that is very long": _event(run={"id": "x" * 256}),
    "an id that is very long": _event().replace(b"event-of", b"e" * 300),
    "an id that is empty": _event().replace(b"event-of-RUN_COMPLETED", b""),
    "tags that are a text": _event(run={"tags": "job:x"}),
    "tags that are numbers": _event(run={"tags": [1]}),
    "no attempt": _event(run={"attempt": 0}),
    "an attempt beyond all": _event(run={"attempt": 10**30}),
    "an attempt that is true": _event(run={"attempt": "first"}),
    "a time that is none": _event(run={"startedAt": "yesterday"}),
    "a time outside of the calendar": _event(
        run={"startedAt": "9999-12-31T23:59:59-14:00"}
    ),
    "a progress of NaN": body_of(
        event("RUN_PROGRESS", progress={"fraction": 0})
    ).replace(b'"fraction": 0', b'"fraction": NaN'),
    "an alert whose id is very long": body_of(alert() | {"id": "x" * 10_000}),
    "an alert of a run with a very long id": body_of(alert(id="x" * 10_000)),
    "an alert whose run has a number as id": body_of(alert(id=5)),
    "an alert whose tags are objects": body_of(alert(tags=[{}])),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_signed_body_that_is_no_event_leaves_nothing_behind(
    http: httpx.AsyncClient, job: Job, database: Database, name: str
) -> None:
    body = MALFORMED[name]

    answer = await http.post(PATH, content=body, headers=hex_headers(body, SECRET))

    assert answer.status_code == 400, answer.text
    assert len(answer.content) < 1_000
    assert await _kept(database) == (0, job.version)


ODD: dict[str, bytes] = {
    "an escaped NUL": _output(r'"a\u0000b"'),
    "a lone surrogate": _output(r'"a\ud83d"'),
    "a lone surrogate as a key": _output(r'{"\udc00\u0000": 1}'),
    "4,000 digits": _output("9" * 4_000),
    "a tiny number": _output("1e-999"),
    "minus zero": _output("-0.0"),
    "keys that come twice": _output('{"a": 1, "a": 2}'),
    "100,000 keys": _output(json.dumps({str(n): n for n in range(100_000)})),
    "900 arrays": _output("[" * 900 + "]" * 900),
    "10,000 tags": _event(run={"tags": ["job:x"] * 10_000}),
    "the first of all years": _event(run={"startedAt": "0001-01-01T00:00:00Z"}),
    "an id with odd characters": _event().replace(b"event-of", rb"\ud83d\u0000' --"),
    "an alert with odd characters": body_of(
        alert(tags=["\ud83d\0"], error={"message": "\udc00\0", "stackTrace": "\0"})
        | {"id": "\ud83d"}
    ),
}


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize("name", ODD)
async def test_an_event_with_odd_contents_is_taken_in(
    http: httpx.AsyncClient, database: Database, name: str
) -> None:
    body = ODD[name]

    answer = await http.post(PATH, content=body, headers=hex_headers(body, SECRET))

    assert answer.status_code == 200, answer.text
    deliveries, _ = await _kept(database)
    assert deliveries == 1


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "x"]
)
async def test_the_signature_counts_and_not_the_type_of_the_content(
    http: httpx.AsyncClient, content_type: str | None
) -> None:
    headers = hex_headers(BODY, SECRET)
    if content_type is not None:
        headers["Content-Type"] = content_type

    answer = await http.post(PATH, content=BODY, headers=headers)

    assert answer.status_code == 200


async def test_refusals_are_told_in_few_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = 100.0
    refusals = Refusals(pause=10, now=lambda: time)

    for _ in range(1_000):
        refusals.note("first")
    time += 9.9
    refusals.note("first")
    time += 0.1
    for _ in range(1_000):
        refusals.note("second")

    told = [(record.getMessage(), record.count) for record in caplog.records]
    assert told == [
        ("an event was refused: first", 1),
        ("an event was refused: second", 1_001),
    ]


async def test_refusals_are_counted(http: httpx.AsyncClient, jobwire: Jobwire) -> None:
    for _ in range(3):
        await http.post(PATH, content=BODY, headers=_hex("0" * 64))
        await http.post(PATH, content=BODY)

    counted = jobwire.metrics.webhook_events.labels("refused")._value.get()  # noqa: SLF001 - it has no other way
    assert counted == 6


HEAD = f"POST {PATH} HTTP/1.1\r\nHost: attack\r\n"


async def test_who_does_not_sign_is_answered_before_the_body_has_come(
    attacked: Attacked,
) -> None:
    async with connection(attacked.port) as client:
        await client.send(f"{HEAD}Content-Length: 1000000\r\n\r\n".encode())

        assert (await client.answer()).status == 401


async def test_a_signed_body_must_come_in_time_and_not_be_too_large(
    attacked: Attacked,
) -> None:
    signed = f"{HEX_HEADER}: {sign_hex(ATTACKED_SECRET, b'')}\r\n"
    async with connection(attacked.port) as client:
        length = MAX_BODY_BYTES + 1
        await client.send(f"{HEAD}{signed}Content-Length: {length}\r\n\r\n".encode())
        assert (await client.answer()).status == 413
    async with connection(attacked.port) as client:
        await client.send(f"{HEAD}{signed}Content-Length: 10\r\n\r\nabc".encode())
        answer = await client.answer()

    assert answer.status == 408
    assert answer.headers["connection"] == "close"


async def test_a_flood_of_bad_signatures_hinders_nobody(
    attacked: Attacked, grown: Callable[[], float]
) -> None:
    body = b" " * 100_000
    headers = f"{HEX_HEADER}: {'0' * 64}\r\nContent-Length: {len(body)}\r\n\r\n"
    request = f"{HEAD}{headers}".encode() + body

    async def flood() -> None:
        async with connection(attacked.port) as client:
            for _ in range(100):
                await client.send(request)
                assert (await client.answer()).status == 401

    async with asyncio.TaskGroup() as attackers:
        for _ in range(10):
            attackers.create_task(flood())
        await attacked.is_well()
    assert grown() < 64
    assert 1 <= attacked.logged.count("an event was refused") < 10
