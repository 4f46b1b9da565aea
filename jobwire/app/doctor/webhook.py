"""Checks of the webhook: its secrets, and whether its public address leads to us."""

import json
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import httpx

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, not_checked, ok
from jobwire.app.doctor.no_answer import why_no_answer
from jobwire.app.trigger import webhook_secrets
from jobwire.jobs.clock import SystemClock
from jobwire.triggerdev import InvalidOptionError, sign_standard
from jobwire.triggerdev.network import Network
from jobwire.triggerdev.signature import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    standard_key,
)
from jobwire.web.trigger_webhook import PATH

_TIMEOUT = 8.0
#: A type that no sender has: it is verified, and changes nothing.
_PING = "JOBWIRE_DOCTOR_PING"
#: What tunnels and proxies answer when nobody is behind them; 530 is Cloudflare's.
_NOBODY_BEHIND = frozenset({502, 504, 520, 521, 522, 523, 530})
_REDIRECTS = range(300, 400)
_NGROK = "ngrok-error-code"
#: What our route says to a ping that it does not take: status, words, meaning, advice.
_REFUSALS = (
    (
        httpx.codes.UNAUTHORIZED,
        "fits none of the secrets",
        "refuses our signature",
        "Set one TRIGGER_WEBHOOK_SECRET there, here and where the hooks run.",
    ),
    (
        httpx.codes.UNAUTHORIZED,
        TIMESTAMP_HEADER,
        "has another time",
        "Let both machines keep time (chrony, systemd-timesyncd).",
    ),
    (
        httpx.codes.NOT_FOUND,
        "TRIGGER_WEBHOOK_SECRET",
        "takes in no events",
        "Set TRIGGER_WEBHOOK_SECRET there.",
    ),
    (
        httpx.codes.SERVICE_UNAVAILABLE,
        "The server is starting",
        "is not up",
        "Ask again in a moment.",
    ),
    (
        httpx.codes.SERVICE_UNAVAILABLE,
        "The database does not answer",
        "has no database",
        "Run doctor where that server runs.",
    ),
)


async def _secrets(examination: Examination) -> Finding:
    each = webhook_secrets(examination.settings)
    if not each:
        return ok("none: no events are taken in, and news come by asking")
    bad = [number for number, secret in enumerate(each, 1) if not _can_sign(secret)]
    if bad:
        return failed(
            f"of {len(each)}, {', '.join(map(str, bad))} begins with whsec_ and is no"
            " base64: no Standard Webhook can be signed with it",
            "Make one: echo whsec_$(openssl rand -base64 32); give it to both sides.",
        )
    return ok(f"{len(each)}, well-formed")


async def _route(examination: Examination) -> Finding:
    if examination.webhook_url is None:
        return not_checked(
            "not asked: --webhook-url URL posts a signed ping to our public route"
        )
    keys = webhook_secrets(examination.settings)
    if not keys:
        return failed(
            "there is no TRIGGER_WEBHOOK_SECRET here to sign a ping with",
            "Run doctor with the settings of the server.",
        )
    url = _with_path(examination.webhook_url)
    ping_id = f"doctor_{secrets.token_hex(8)}"
    body = json.dumps({"id": ping_id, "type": _PING}).encode()
    now = SystemClock().now()
    headers = {
        "content-type": "application/json",
        ID_HEADER: ping_id,
        TIMESTAMP_HEADER: str(int(now.timestamp())),
        SIGNATURE_HEADER: sign_standard(keys[0], id=ping_id, timestamp=now, body=body),
    }
    try:
        async with httpx.AsyncClient(
            transport=Network().anywhere(connections=1),
            timeout=_TIMEOUT,
            trust_env=False,
        ) as http:
            answer = await http.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, InvalidOptionError) as error:
        found, advice = why_no_answer(error)
        return failed(
            f"{url}: {found}",
            f"If that is a tunnel, it is down: start it again. {advice}",
        )
    return judge_answer(answer.status_code, answer.headers, answer.content, url=url)


def judge_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, url: str
) -> Finding:
    """Tell by the answer to a signed ping who gave it."""
    told = _json(body)
    if status == httpx.codes.OK and _PING in str(told.get("reason")):
        return ok(f"{url} leads to a Jobwire that has our secret")
    error = str(told.get("error", ""))
    for refused, words, found, advice in _REFUSALS:
        if status == refused and words in error:
            return failed(f"{url} leads to a Jobwire that {found}: {error}", advice)
    if status in _NOBODY_BEHIND or _NGROK in headers:
        name = headers.get(_NGROK, headers.get("server", "it"))
        return failed(
            f"{url} answers {status} ({name}): the tunnel or proxy is there, and"
            " nobody is behind it",
            "Start the tunnel again, pointed at the port that `serve` or `dev` listens"
            " on, and that server.",
        )
    if status in _REDIRECTS:
        return failed(
            f"{url} redirects to {headers.get('location', 'nowhere')}",
            "Senders do not follow: name that address itself, with https.",
        )
    server = headers.get("server")
    return failed(
        f"{url} is answered by something that is not Jobwire: {status}"
        + (f", {server}" if server else ""),
        f"Correct the address; the route is {PATH}, behind the path that your app is"
        " mounted at. A login page or a firewall before it must let it through.",
    )


def _can_sign(secret: str) -> bool:
    try:
        standard_key(secret)
    except InvalidOptionError:
        return False
    return True


def _json(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _with_path(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.path not in ("", "/") else urlunsplit(parts._replace(path=PATH))


CHECKS = (
    Check("webhook secret", _secrets, needs=("settings",)),
    Check("webhook URL", _route, needs=("webhook secret",)),
)
