"""Signed webhooks: vectors made elsewhere, and everything that must be refused."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from jobwire.triggerdev import (
    InvalidOptionError,
    InvalidSignatureError,
    Verified,
    sign_hex,
    sign_standard,
    verify,
)
from jobwire.triggerdev.signature import read_claim

SECRET = "a secret of twenty-four"
KEY_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "another secret than that"
BODY = b'{"type":"RUN_STARTED","run":{"id":"run_1"}}'
NOW = datetime(2026, 11, 23, 19, 45, 2, tzinfo=UTC)
ID = "evt_1"

HEX = "x-trigger-signature-hmacsha256"


def _by_hand(key: bytes, text: bytes) -> bytes:
    """HMAC as RFC 2104 writes it, without the module that is under test."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def _standard(
    secret: str = SECRET, *, at: datetime = NOW, id: str = ID, **changed: str
):
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign_standard(secret, id=id, timestamp=at, body=BODY),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def _reason(
    headers: dict[str, str], *secrets: str, body: bytes = BODY, now: datetime = NOW
) -> str:
    with pytest.raises(InvalidSignatureError) as caught:
        verify(body, headers, secrets or (SECRET,), now=now)
    assert str(caught.value) == f"The webhook is refused: {caught.value.reason}."
    return caught.value.reason


def test_hex_is_the_published_vector_of_hmac() -> None:
    # RFC 4231, test case 2.
    assert sign_hex("Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_standard_is_the_vector_of_the_specification_s_libraries() -> None:
    signature = sign_standard(
        KEY_SECRET,
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=datetime.fromtimestamp(1_614_265_330, UTC),
        body=b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [SECRET, KEY_SECRET, "ä"])
def test_hex_is_keyed_by_the_whole_text(secret: str) -> None:
    assert sign_hex(secret, BODY) == _by_hand(secret.encode(), BODY).hex()


def test_standard_is_keyed_by_a_text_without_the_prefix_as_it_is() -> None:
    signature = sign_standard(SECRET, id=ID, timestamp=NOW, body=BODY)

    signed = f"{ID}.{int(NOW.timestamp())}.".encode() + BODY
    expected = base64.b64encode(_by_hand(SECRET.encode(), signed)).decode()
    assert signature == f"v1,{expected}"


@pytest.mark.parametrize("secret", [SECRET, KEY_SECRET])
def test_what_was_signed_is_verified(secret: str) -> None:
    assert verify(BODY, _standard(secret), [secret], now=NOW) == Verified(
        "standard", ID
    )
    assert verify(BODY, {HEX: sign_hex(secret, BODY)}, [secret], now=NOW) == Verified(
        "hex", None
    )


def test_names_of_headers_know_no_case() -> None:
    standard = {name.title(): value for name, value in _standard().items()}

    assert verify(BODY, standard, [SECRET], now=NOW).scheme == "standard"
    assert verify(BODY, {HEX.upper(): sign_hex(SECRET, BODY)}, [SECRET], now=NOW)


@pytest.mark.parametrize("secrets", [[SECRET, OTHER], [OTHER, SECRET]])
def test_every_secret_counts_while_one_replaces_another(secrets: list[str]) -> None:
    assert verify(BODY, _standard(SECRET), secrets, now=NOW).message_id == ID
    assert verify(BODY, {HEX: sign_hex(SECRET, BODY)}, secrets, now=NOW)


def test_one_of_several_signatures_is_enough_and_other_versions_are_ignored() -> None:
    valid, foreign = _standard()["webhook-signature"], _standard(OTHER)
    listed = f"v1a,abcd  {foreign['webhook-signature']} odd {valid}"

    assert verify(BODY, _standard(webhook_signature=listed), [SECRET], now=NOW)


def test_a_signature_of_another_version_alone_is_refused() -> None:
    digest = _standard()["webhook-signature"].removeprefix("v1,")

    for listed in (f"v2,{digest}", f"v1a,{digest}", digest, f"v1,{digest[:-1]}"):
        assert _reason(_standard(webhook_signature=listed)) == (
            "its signature fits none of the secrets"
        )


@pytest.mark.parametrize("garbage", ["v1,", "v1,@@@@", "v1,ä", "\udcff", "=", " "])
def test_a_signature_that_is_garbage_is_refused(garbage: str) -> None:
    assert _reason(_standard(webhook_signature=garbage))
    assert _reason({HEX: garbage}) == "its signature fits none of the secrets"


def test_a_body_or_an_id_or_a_time_that_was_changed_is_refused() -> None:
    later = str(int(NOW.timestamp()) + 1)

    for headers, body in (
        (_standard(), BODY + b" "),
        (_standard(webhook_id="evt_2"), BODY),
        (_standard(webhook_timestamp=later), BODY),
        ({HEX: sign_hex(SECRET, BODY)}, BODY + b" "),
    ):
        assert _reason(headers, body=body) == "its signature fits none of the secrets"


def test_an_id_is_verified_as_it_is_even_when_it_is_no_unicode() -> None:
    assert _reason(_standard(id="evt_?", webhook_id="evt_\udcff"))


def test_a_signature_in_upper_case_hex_is_refused() -> None:
    assert _reason({HEX: sign_hex(SECRET, BODY).upper()})


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_message_within_the_tolerance_is_verified(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)

    assert verify(BODY, _standard(at=at), [SECRET], now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_message_outside_the_tolerance_is_refused(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)

    assert _reason(_standard(at=at)) == (
        "its webhook-timestamp is more than 0:05:00 away from now"
    )


def test_the_tolerance_can_be_chosen() -> None:
    at = NOW - timedelta(seconds=11)

    assert verify(
        BODY, _standard(at=at), [SECRET], now=NOW, tolerance=timedelta(seconds=11)
    )


@pytest.mark.parametrize(
    "timestamp", ["soon", "-1", "1.5", "\u0661\u0667", "1e9", "9" * 13, " 1795463102"]
)
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(timestamp: str) -> None:
    assert _reason(_standard(webhook_timestamp=timestamp)) == (
        "its webhook-timestamp is no number of seconds"
    )


def test_a_timestamp_in_a_far_future_is_refused() -> None:
    assert "away from now" in _reason(_standard(webhook_timestamp="9" * 12))


@pytest.mark.parametrize(
    "name", ["webhook-id", "webhook-timestamp", "webhook-signature"]
)
def test_a_standard_webhook_needs_all_of_its_headers(name: str) -> None:
    assert _reason(_without(_standard(), name)) == f"it has no {name}"
    assert _reason({**_standard(), name: ""}) == f"it has no {name}"


@pytest.mark.parametrize(
    "name", ["webhook-id", "webhook-timestamp", "webhook-signature"]
)
def test_a_valid_hex_signature_does_not_save_a_broken_standard_webhook(
    name: str,
) -> None:
    assert _reason({name: "1", HEX: sign_hex(SECRET, BODY)}).startswith("it has no ")


def test_a_webhook_without_a_signature_is_refused() -> None:
    assert _reason({"content-type": "application/json"}) == (
        "it has neither webhook-signature nor x-trigger-signature-hmacsha256"
    )


@pytest.mark.parametrize(
    "secrets", [[], [""], ["", OTHER], ["whsec_"], ["whsec_@"], ["whsec_ä"]]
)
def test_secrets_that_cannot_sign_verify_nothing(secrets: list[str]) -> None:
    empty_hex = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    signed = f"{ID}.{int(NOW.timestamp())}.".encode() + BODY
    digest = base64.b64encode(hmac.new(b"", signed, hashlib.sha256).digest()).decode()
    empty_standard = _standard(webhook_signature=f"v1,{digest}")

    for headers in ({HEX: empty_hex}, empty_standard):
        with pytest.raises(InvalidSignatureError, match="fits none of the secrets"):
            verify(BODY, headers, secrets, now=NOW)


def test_a_secret_that_cannot_sign_does_not_hinder_the_others() -> None:
    assert verify(BODY, _standard(), ["whsec_@", SECRET], now=NOW)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_@@@", "whsec_abc", "whsec_ä"])
def test_nothing_is_signed_with_a_secret_that_is_no_base64(secret: str) -> None:
    with pytest.raises(InvalidOptionError, match="secret must be base64 after whsec_"):
        sign_standard(secret, id=ID, timestamp=NOW, body=BODY)


def test_nothing_is_signed_with_an_empty_secret() -> None:
    with pytest.raises(InvalidOptionError, match="secret must not be empty"):
        sign_hex("", BODY)
    with pytest.raises(InvalidOptionError, match="secret must not be empty"):
        sign_standard("", id=ID, timestamp=NOW, body=BODY)


def test_a_secret_that_the_environment_gave_as_bytes_signs_with_these() -> None:
    assert sign_hex("\udcff", BODY) == _by_hand(b"\xff", BODY).hex()


def test_a_header_of_the_signature_that_comes_twice_is_refused() -> None:
    right = sign_hex(SECRET, BODY)

    # Whoever else reads the message may take the other one.
    assert _reason({HEX: right, HEX.upper(): right}) == f"it has {HEX} more than once"
    assert verify(BODY, {HEX: right, "x": "1", "X": "2"}, [SECRET], now=NOW)


@pytest.mark.parametrize("count", [32, 33])
def test_so_many_signatures_may_be_given(count: int) -> None:
    right = _standard()["webhook-signature"]
    wrong = f"v1,{base64.b64encode(bytes(32)).decode()}"
    given = _standard(webhook_signature=" ".join([wrong] * (count - 1) + [right]))

    if count == 32:
        assert verify(BODY, given, [SECRET], now=NOW).scheme == "standard"
    else:
        assert _reason(given) == "its signature fits none of the secrets"


def test_what_needs_no_body_is_refused_without_it() -> None:
    for headers in ({}, {HEX: "x"}, _standard(webhook_timestamp="0")):
        with pytest.raises(InvalidSignatureError):
            read_claim(headers, now=NOW)

    claim = read_claim(_standard(), now=NOW)
    assert claim.check(BODY, [SECRET]) == Verified("standard", ID)
    with pytest.raises(InvalidSignatureError):
        claim.check(BODY + b" ", [SECRET])
