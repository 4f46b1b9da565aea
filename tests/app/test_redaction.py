from typing import Any

import pytest

from jobwire.app.redaction import REDACTED, Redact, secrets_of
from jobwire.app.settings import Settings


def redacted(known: tuple[str, ...] = (), **event: Any) -> dict[str, Any]:
    return dict(Redact(known)(None, "info", event))


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "Authorization",
        "token",
        "access_token",
        "accessToken",
        "x-api-key",
        "apiKey",
        "client_secret",
        "password",
        "DSN",
        "set-cookie",
        "credentials",
    ],
)
def test_what_stands_under_a_secret_name_is_not_shown(name: str) -> None:
    assert redacted(**{name: "hunter2"}) == {name: REDACTED}
    assert redacted(headers={name: ["a", "b"]}) == {"headers": {name: REDACTED}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tokens", 512),
        ("has_token", True),
        ("secret", None),
        ("tokenizer", "cl100k"),
        ("keyboard", "qwerty"),
        ("job_id", "job_01kq9m2v4cfa5rx0d3whz8yv1e"),
        ("run_id", "run_cmexample0001"),
        ("rows", [1, {"a": None}]),
    ],
)
def test_what_is_no_secret_stays_as_it_is(name: str, value: object) -> None:
    assert redacted(**{name: value}) == {name: value}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key tr_dev_abcDEF123.", f"key tr_{REDACTED}."),
        ("tr_prod_x and tr_pat_y", f"tr_{REDACTED} and tr_{REDACTED}"),
        ("jwk_abcdefgh12345678", f"jwk_{REDACTED}"),
        ("whsec_c2VjcmV0+/==", f"whsec_{REDACTED}"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {REDACTED}"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", f"eyJ{REDACTED}"),
        ("postgresql://me:pass@host/db", f"postgresql://me:{REDACTED}@host/db"),
        ("host=h password=pass user=u", f"host=h password={REDACTED} user=u"),
        ("/?a=1&access_token=abc&b=2", f"/?a=1&access_token={REDACTED}&b=2"),
        ("{'password': 'a b', 'n': 1}", f"{{'password': '{REDACTED}', 'n': 1}}"),
        ('{"apiKey": "abc"}', f'{{"apiKey": "{REDACTED}"}}'),
        ("unexpected token: }", "unexpected token: }"),
        ("took tokens=512", "took tokens=512"),
    ],
)
def test_secrets_are_known_by_their_looks(text: str, shown: str) -> None:
    assert redacted(message=text) == {"message": shown}
    assert redacted(exception=f"Error: {text}\n") == {"exception": f"Error: {shown}\n"}


def test_known_secrets_are_found_anywhere_to_the_letter() -> None:
    known = ("plain-words", "plain-words-and-more")

    line = redacted(known, message="it is plain-words-and-more", more=["plain-words"])

    assert line == {"message": f"it is {REDACTED}", "more": [REDACTED]}


def test_the_settings_know_their_secrets() -> None:
    settings = Settings(
        _env_file=None,
        database_url="postgresql://me:of-the-database@localhost/db",
        auth_secret="s" * 40,
        trigger_secret_key="tr_dev_0123456789",
        trigger_webhook_secret="the-old-one-1234,the-new-one-1234",
        notify_url="https://example.com/hooks/path-as-good-as-a-token",
        notify_secret="whsec_" + "c2VjcmV0" * 4,
    )

    assert secrets_of(settings) == {
        "of-the-database",
        "s" * 40,
        "tr_dev_0123456789",
        "the-old-one-1234",
        "the-new-one-1234",
        "https://example.com/hooks/path-as-good-as-a-token",
        "whsec_" + "c2VjcmV0" * 4,
    }
