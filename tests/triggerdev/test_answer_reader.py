"""Answers, read the same however the network splits their bytes."""

from contextlib import suppress
from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwire.triggerdev.answer_reader import MAX_CHUNK_LINE, MAX_HEAD, AnswerReader

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
CHUNKS = b"5\r\nhello\r\n1;name=value\r\n!\r\n0\r\ntrailer: 1\r\n\r\n"
COUNTED = OK + b"content-length: 6\r\n\r\nhello!"

#: What each is read as: the status, the body, whether another may follow.
WHOLE = {
    "counted": (COUNTED, 200, b"hello!", True),
    "chunked": (CHUNKED + CHUNKS, 200, b"hello!", True),
    "empty": (OK + b"content-length: 0\r\n\r\n", 200, b"", True),
    "no chunks": (CHUNKED + b"0\r\n\r\n", 200, b"", True),
    "same lengths": (OK + b"content-length: 1, 1\r\n\r\n!", 200, b"!", True),
    "no reason": (b"HTTP/1.1 200\r\ncontent-length: 1\r\n\r\n!", 200, b"!", True),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + COUNTED,
        200,
        b"hello!",
        True,
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified": (
        b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
        304,
        b"",
        True,
    ),
    "closing": (
        OK + b"Connection: Keep-Alive, Close\r\nContent-Length: 1\r\n\r\n!",
        200,
        b"!",
        False,
    ),
    "old": (b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n!", 200, b"!", False),
    "surplus": (COUNTED + b"HTTP/1.1 200 OK\r\n\r\n", 200, b"hello!", False),
    "both framings": (
        OK + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKS,
        200,
        b"hello!",
        False,
    ),
}
BROKEN = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP/2": b"HTTP/2 200 OK\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "switching": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "no colon": OK + b"nonsense\r\n\r\n",
    "space before the colon": OK + b"content-length : 1\r\n\r\n!",
    "fold at the start": OK + b" name: 1\r\n\r\n",
    "bare line feed": OK + b"a: 1\nb: 2\r\n\r\n",
    "two lengths": OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\n!!",
    "negative length": OK + b"content-length: -1\r\n\r\n",
    "no length": OK + b"content-length: \r\n\r\n",
    "signed length": OK + b"content-length: +1\r\n\r\n!",
    "unknown coding": OK + b"transfer-encoding: gzip, chunked\r\n\r\n",
    "size is no number": CHUNKED + b"xyz\r\n",
    "negative size": CHUNKED + b"-1\r\n",
    "huge size": CHUNKED + b"f" * 16 + b"\r\n",
    "chunk is longer": CHUNKED + b"2\r\nhello\r\n",
    "broken trailer": CHUNKED + b"0\r\nnonsense\r\n\r\n",
    "long chunk line": CHUNKED + b"1;" + b"x" * MAX_CHUNK_LINE,
    "long trailers": CHUNKED + b"0\r\n" + b"trailer: 1\r\n" * (MAX_HEAD // 12 + 1),
    "huge head": OK + b"a: " + b"x" * MAX_HEAD,
    "endless interims": b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_HEAD // 25 + 2),
}


def _cut(data: bytes, at: list[int]) -> list[bytes]:
    ends = sorted({end % (len(data) + 1) for end in at} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


def _read(parts: list[bytes], method: str = "GET") -> tuple[AnswerReader, bytes]:
    reader = AnswerReader(method)
    body = b""
    for part in parts:
        if reader.is_whole:
            # A connection closes itself at what comes then.
            reader.can_another_follow = False
            break
        reader.feed(part)
        body += reader.take()
    return reader, body


@pytest.mark.parametrize("case", WHOLE)
@given(at=st.lists(st.integers(0, 1000), max_size=30))
def test_any_split_is_the_same_answer(case: str, at: list[int]) -> None:
    data, status, body, follows = WHOLE[case]

    reader, found = _read(_cut(data, at))

    assert reader.is_whole
    assert (reader.status, found) == (status, body)
    assert reader.can_another_follow is follows


@pytest.mark.parametrize("case", WHOLE)
def test_an_answer_may_come_byte_by_byte(case: str) -> None:
    data, status, body, _ = WHOLE[case]

    reader, found = _read(_cut(data, list(range(len(data)))))

    assert (reader.is_whole, reader.status, found) == (True, status, body)


@pytest.mark.parametrize("case", BROKEN)
@settings(deadline=None)
@given(at=st.lists(st.integers(0, 200_000), max_size=8))
def test_any_split_of_what_is_no_answer_is_refused(case: str, at: list[int]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        _read(_cut(BROKEN[case], at))


@given(data=st.binary(max_size=200), at=st.lists(st.integers(0, 200), max_size=5))
def test_no_bytes_break_the_reader(data: bytes, at: list[int]) -> None:
    for head in (b"", OK, CHUNKED):
        with suppress(httpx.RemoteProtocolError):
            _read(_cut(head + data, at))[0].end()


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=50), max_size=5),
    at=st.lists(st.integers(0, 500), max_size=20),
)
def test_chunks_are_joined(pieces: list[bytes], at: list[int]) -> None:
    chunks = b"".join(b"%X\r\n%s\r\n" % (len(one), one) for one in pieces)

    reader, body = _read(_cut(CHUNKED + chunks + b"0\r\n\r\n", at))

    assert (reader.is_whole, body) == (True, b"".join(pieces))


@pytest.mark.parametrize("data", [COUNTED, CHUNKED + CHUNKS])
def test_an_answer_that_ends_early_is_told(data: bytes) -> None:
    for end in range(len(data)):
        reader, _ = _read([data[:end]])
        with pytest.raises(httpx.RemoteProtocolError):
            reader.end()


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    reader, body = _read([OK + b"\r\nhello", b"!"])

    assert not reader.is_whole
    reader.end()
    assert (reader.is_whole, reader.can_another_follow, body) == (
        True,
        False,
        b"hello!",
    )


def test_an_answer_to_head_has_no_body() -> None:
    reader, body = _read([OK + b"content-length: 6\r\n\r\n"], "HEAD")

    assert (reader.is_whole, reader.can_another_follow, body) == (True, True, b"")


def test_fields_come_as_they_are_with_their_folds_undone() -> None:
    fields = b"Name:  a b \r\nempty:\r\nfold: a\r\n \t b\r\nname: \xff\r\n"
    reader, _ = _read([OK + fields + b"content-length: 0\r\n\r\n"])

    assert reader.fields[:4] == [
        (b"Name", b"a b"),
        (b"empty", b""),
        (b"fold", b"a b"),
        (b"name", b"\xff"),
    ]
