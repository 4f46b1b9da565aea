"""Odd addresses: a short 404, and nothing of the machine in it."""

import asyncio
from pathlib import Path

import pytest

from tests.attacks.conftest import Attacked
from tests.attacks.raw import connection

_HERE = str(Path(__file__).parents[2]).encode()
_FILES = ("/page", "/board", "/explorer", "/explorer/graphiql")

ODD = [
    *(
        f"{folder}/{rest}"
        for folder in _FILES
        for rest in (
            "..%2f..%2fsettings.py",
            "../../app/settings.py",
            "..%5c..%5csettings.py",
            "..\\..\\settings.py",
            "%2e%2e/%2e%2e/app/settings.py",
            "%252e%252e/settings.py",
            "..%c0%af..%c0%afsettings.py",
            "....//....//settings.py",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "%00",
            "index.html%00.css",
            "%ff%fe",
            "%ed%a0%bd",
            "x" * 5_000,
            "x/" * 2_000,
            "%F0%9F%98%80" * 300,
            "con",
            ".",
            "..",
            "%2e",
        )
    ),
    "//graphql",
    "//etc/passwd",
    "/graphql/",
    "/graphql%00",
    "/graphql/..%2flivez",
    "/graphql;a=b",
    "/livez/",
    "/LIVEZ",
    "/livez%20",
    "/readyz/..",
    "/metrics/",
    "/metrics%2f",
    "/graphiql",
    "/api/trigger/webhook/",
    "/api/trigger/",
    "/.env",
    "/.git/config",
    "/\\",
    "/%",
    "/%zz",
    "/%u0041",
    "/" + "a" * 60_000,
    "/" + "%41" * 20_000,
    "/?" + "a=b&" * 15_000,
]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_odd_address_is_not_found(attacked: Attacked, method: str) -> None:
    wrong = []
    for path in ODD:
        async with connection(attacked.port) as client:
            await client.send(
                f"{method} {path} HTTP/1.1\r\nHost: attack\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            answer = await client.answer()
        expected = {200} if path.startswith("/?") and method == "GET" else {404, 405}
        if path.endswith(("/", "%2f", "/.", "/%2e", "/..")) or "//" in path:
            # To the same place with one slash less, or more.
            expected |= {307}
        if (
            answer.status not in expected
            or (answer.status != 200 and len(answer.body) > 200)
            or _HERE in answer.body
            or b"Traceback" in answer.body
        ):
            wrong.append((path[:60], answer.status, answer.body[:80]))
    assert wrong == []


@pytest.mark.parametrize(
    "path", ["//evil.example/..", "//evil.example/%2e%2e/graphql/"]
)
async def test_nobody_is_sent_to_another_host(attacked: Attacked, path: str) -> None:
    async with connection(attacked.port) as client:
        await client.send(f"GET {path} HTTP/1.1\r\nHost: attack\r\n\r\n".encode())
        answer = await client.answer()

    location = answer.headers.get("location", "http://attack/")
    assert location.startswith("http://attack/")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/"])
async def test_what_is_read_is_not_posted_to(attacked: Attacked, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        async with connection(attacked.port) as client:
            await client.send(
                f"{method} {path} HTTP/1.1\r\nHost: attack\r\n\r\n".encode()
            )
            async with asyncio.timeout(10):
                answer = await client.answer()
        if method == "BREW":
            assert answer.status == 400
        else:
            assert answer.status == 405
            assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
