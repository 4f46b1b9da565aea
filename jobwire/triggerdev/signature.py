"""Signing webhooks, and telling whether one is signed.

Two schemes: Standard Webhooks (https://www.standardwebhooks.com, read 2026-11-23),
which signs the id and the time too, and Trigger.dev's own, a bare HMAC of the body,
which anyone who once saw a webhook can send again.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from jobwire.triggerdev.errors import InvalidOptionError, InvalidSignatureError

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
HEX_HEADER = "x-trigger-signature-hmacsha256"

_STANDARD_HEADERS = (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
#: What a secret begins with whose rest is the key in base64.
BASE64_PREFIX = "whsec_"
_OURS = frozenset({*_STANDARD_HEADERS, HEX_HEADER})
#: What an HMAC-SHA256 looks like in each scheme.
_HEX = re.compile(r"[0-9a-f]{64}")
_V1 = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
#: Signatures of one message: one for each secret that its sender has.
_MOST_SIGNATURES = 32
_FITS_NONE = "its signature fits none of the secrets"
#: Seconds since the epoch, for the next thirty thousand years.
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Verified:
    """A webhook that is signed with one of the secrets.

    Attributes:
        scheme: Which of the two schemes.
        message_id: The signed id, stable over deliveries of the same message; None:
            the scheme has none.
    """

    scheme: Literal["standard", "hex"]
    message_id: str | None


def sign_hex(secret: str, body: bytes) -> str:
    """Sign as Trigger.dev does: lower-case hex of HMAC-SHA256 over the raw body.

    Args:
        secret: Not empty; the whole text is the key, also one of `whsec_…`.
        body: As sent.

    Raises:
        InvalidOptionError: The secret is empty.
    """
    return hmac.digest(_whole_key(secret), body, "sha256").hex()


def sign_standard(secret: str, *, id: str, timestamp: datetime, body: bytes) -> str:
    """Sign as Standard Webhooks does: `v1,` and the signature in base64.

    Args:
        secret: `whsec_` and the key in base64, or any other text, which is the key.
        id: For the header `webhook-id`.
        timestamp: Aware; whole seconds of it go into the header `webhook-timestamp`.
        body: As sent.

    Raises:
        InvalidOptionError: The secret is empty or not base64.
    """
    signed = _signed(id, str(int(timestamp.timestamp())), body)
    return _standard(standard_key(secret), signed)


def standard_key(secret: str) -> bytes:
    """Return the key that a secret of Standard Webhooks stands for.

    Args:
        secret: `whsec_` and the key in base64, or any other text, which is the key.

    Raises:
        InvalidOptionError: It is empty or not base64.
    """
    if not secret.startswith(BASE64_PREFIX):
        return _whole_key(secret)
    try:
        key = base64.b64decode(secret.removeprefix(BASE64_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise InvalidOptionError("secret", f"be base64 after {BASE64_PREFIX}")
    return key


class Claim(NamedTuple):
    """What the headers of a webhook say of its signature, before its body is read.

    Attributes:
        scheme: Which of the two schemes.
        message_id: The id that is said to be signed; None: the scheme has none.
        timestamp: As it stands in the header; None: the scheme has none.
        signatures: Those that are given, each of the right form.
    """

    scheme: Literal["standard", "hex"]
    message_id: str | None
    timestamp: str | None
    signatures: tuple[str, ...]

    def check(self, body: bytes, secrets: Sequence[str]) -> Verified:
        """Check it against the body, in a time that tells nothing of the secrets.

        Args:
            body: As received, before any parsing.
            secrets: All that count, while one replaces another.

        Raises:
            InvalidSignatureError: None of the secrets has signed this.
        """
        if self.scheme == "hex":
            expected = [sign_hex(secret, body) for secret in secrets if secret]
        else:
            signed = _signed(self.message_id or "", self.timestamp or "", body)
            expected = [_standard(key, signed) for key in _standard_keys(secrets)]
        if not _any_match(self.signatures, expected):
            raise InvalidSignatureError(_FITS_NONE)
        return Verified(self.scheme, self.message_id)


def read_claim(
    headers: Mapping[str, str],
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> Claim:
    """Read what the headers of a webhook say of its signature.

    What can be refused without the body is refused here, at hardly any cost. A webhook
    with any header of Standard Webhooks is judged by that scheme alone, so that nobody
    can take the time out of a message to send it again.

    Args:
        headers: Names in any case.
        now: Aware.
        tolerance: How far the message's time may be from `now`, either way.

    Raises:
        InvalidSignatureError: It is not signed, or not in time.
    """
    given: dict[str, str] = {}
    for name, value in headers.items():
        header = name.lower()
        if header in _OURS:
            if header in given:
                raise InvalidSignatureError(f"it has {header} more than once")
            given[header] = value
    if given.keys() - {HEX_HEADER}:
        return _standard_claim(given, now=now, tolerance=tolerance)
    if not given:
        raise InvalidSignatureError(
            f"it has neither {SIGNATURE_HEADER} nor {HEX_HEADER}"
        )
    if not _HEX.fullmatch(given[HEX_HEADER]):
        raise InvalidSignatureError(_FITS_NONE)
    return Claim("hex", None, None, (given[HEX_HEADER],))


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> Verified:
    """Check the signature of a webhook: `read_claim`, and then its `check`.

    Args:
        body: As received, before any parsing.
        headers: Names in any case.
        secrets: All that count, while one replaces another.
        now: Aware.
        tolerance: How far the message's time may be from `now`, either way.

    Raises:
        InvalidSignatureError: It is not signed, not in time, or not with any of them.
    """
    return read_claim(headers, now=now, tolerance=tolerance).check(body, secrets)


def _standard_claim(
    given: Mapping[str, str], *, now: datetime, tolerance: timedelta
) -> Claim:
    missing = [name for name in _STANDARD_HEADERS if not given.get(name)]
    if missing:
        raise InvalidSignatureError(f"it has no {' and no '.join(missing)}")
    id, timestamp, signatures = (given[name] for name in _STANDARD_HEADERS)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise InvalidSignatureError(f"its {TIMESTAMP_HEADER} is no number of seconds")
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise InvalidSignatureError(
            f"its {TIMESTAMP_HEADER} is more than {tolerance} away from now"
        )
    # Those of other versions are not for us.
    ours = [one for one in signatures.split(" ") if _V1.fullmatch(one)]
    if not 1 <= len(ours) <= _MOST_SIGNATURES:
        raise InvalidSignatureError(_FITS_NONE)
    return Claim("standard", id, timestamp, tuple(ours))


def _any_match(given: Sequence[str], expected: Sequence[str]) -> bool:
    """Compare each with each, and stop at none, in constant time."""
    matches = [
        hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode())
        for one in given
        for other in expected
    ]
    return any(matches)


def _signed(id: str, timestamp: str, body: bytes) -> bytes:
    # What is no Unicode stays different from all that is.
    return f"{id}.{timestamp}.".encode(errors="surrogatepass") + body


def _standard(key: bytes, signed: bytes) -> str:
    digest = hmac.digest(key, signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _standard_keys(secrets: Sequence[str]) -> list[bytes]:
    keys: list[bytes] = []
    for secret in secrets:
        try:
            keys.append(standard_key(secret))
        except InvalidOptionError:
            # Such a secret can sign nothing here; the others still count.
            continue
    return keys


def _whole_key(secret: str) -> bytes:
    # Anyone can sign with the empty key.
    if not secret:
        raise InvalidOptionError("secret", "not be empty")
    # The environment gives bytes that are no UTF-8 as lone surrogates.
    return secret.encode(errors="surrogateescape")
