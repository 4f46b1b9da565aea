"""Sends moments where jobwire.ts cannot be run: by filling in what it once posted."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Self

import httpx

from jobwire.emulator.delivery import Delivery
from jobwire.emulator.faults import Corruption
from jobwire.emulator.hook_events import (
    Recording,
    fill_in,
    load_recordings,
    next_sequence,
)
from jobwire.emulator.hook_moments import HookKind, HookMoment
from jobwire.emulator.webhook_faults import corrupted, wrong

#: Statuses below 500 that another try may change.
_PASSING = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_ENDS = ("SUCCESS", "FAILURE", "CANCEL")

_log = logging.getLogger(__name__)


class RecordedHookSender:
    """Posts what jobwire.ts would post, without running it.

    Unlike it, every report of progress is posted: of those that came too quickly none
    is left out.

    Args:
        url: Where to post to, as in `JOBWIRE_WEBHOOK_URL`.
        secret: What to sign with, as in `TRIGGER_WEBHOOK_SECRET`: the first counts.
        seconds: Tells the second that an event is signed for.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        delivery: Delivery | None = None,
        recordings: Mapping[HookKind, Recording] | None = None,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._key = signing_key(secret.split(",", maxsplit=1)[0].strip())
        self._delivery = delivery or Delivery()
        self._recordings = recordings or load_recordings()
        self._seconds = seconds
        self._sequences: dict[tuple[str, int], int] = {}
        # The receiver is Jobwire itself, which no proxy stands before.
        self._http = httpx.AsyncClient(trust_env=False, timeout=self._delivery.timeout)

    async def __aenter__(self) -> Self:
        """Open the connections."""
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, moment: HookMoment) -> None:
        """Post the event of a moment.

        Never raises: what could not be posted is logged.
        """
        await self._send(moment, None)

    async def send_corrupted(self, moment: HookMoment, part: Corruption) -> None:
        """Post the event of a moment with a part that is not what was signed.

        Never raises: what could not be posted is logged.
        """
        await self._send(moment, part)

    async def _send(self, moment: HookMoment, part: Corruption | None) -> None:
        recording = self._recordings[moment.kind]
        attempt = (moment.run_id, moment.attempt)
        if moment.kind == "PROGRESS":
            last = self._sequences.get(attempt, 0)
            self._sequences[attempt] = next_sequence(moment, last)
        elif moment.kind in _ENDS:
            self._sequences.pop(attempt, None)
        event = fill_in(recording, moment, self._sequences.get(attempt, 0))
        if (problem := await self._post(event, recording.headers, part)) is not None:
            _log.warning(
                "%s of %s did not reach %s: %s",
                event["type"],
                moment.run_id,
                self._url,
                problem,
                extra={"action": "hook-lost"},
            )

    async def _post(
        self,
        event: dict[str, Any],
        headers: Mapping[str, str],
        part: Corruption | None,
    ) -> str | None:
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        problem = "it was not tried"
        for pause in (0.0, *self._delivery.pauses):
            await asyncio.sleep(pause)
            signed = {**headers, **self._sign(event["id"], body)}
            if part == "signature":
                signed["webhook-signature"] = wrong(signed["webhook-signature"])
            try:
                async with asyncio.timeout(self._delivery.timeout):
                    answer = await self._http.post(
                        self._url,
                        content=corrupted(body) if part == "body" else body,
                        headers=signed,
                    )
            except (httpx.HTTPError, TimeoutError) as error:
                problem = f"{type(error).__name__}: {error}".removesuffix(": ")
                continue
            if answer.is_success:
                return None
            problem = f"the answer was {answer.status_code}"
            if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and (
                answer.status_code not in _PASSING
            ):
                break
        return problem

    def _sign(self, event_id: str, body: bytes) -> dict[str, str]:
        second = int(self._seconds())
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(second),
            "webhook-signature": signature(self._key, event_id, second, body),
        }


def signing_key(secret: str) -> bytes:
    """Return the key of a secret: after `whsec_` it is base64, else the text itself."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


def signature(key: bytes, event_id: str, second: int, body: bytes) -> str:
    """Sign as Standard Webhooks does: id, second and body, by HMAC-SHA256.

    Source: the specification of Standard Webhooks, "Signature scheme", version 1.
    """
    signed = b".".join((event_id.encode(), str(second).encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
