"""JSON of others: what is read, and what is kept of it, say the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.jobs.json_text import read_storable


def _json(characters: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    text = st.text(characters) | st.sampled_from(["NaN", "-Infinity", r"\u0000"])
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | text,
        lambda inner: st.lists(inner) | st.dictionaries(text, inner),
        max_leaves=10,
    )


JSON = _json(st.characters())
STORABLE = _json(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(JSON)
def test_value_and_text_say_the_same(given: object) -> None:
    value, text = read_storable(json.dumps(given).encode())

    assert json.loads(text) == value


@given(sent=STORABLE, is_ascii=st.booleans())
def test_what_can_be_stored_is_kept_as_it_is(*, sent: object, is_ascii: bool) -> None:
    value, text = read_storable(json.dumps(sent, ensure_ascii=is_ascii).encode())

    assert value == json.loads(text) == sent


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (rb'{"a": 1.50, "b": [true, null]}', '{"a":1.5,"b":[true,null]}'),
        (rb'"a\u0000b"', '"a\ufffdb"'),
        (rb'"a\\u0000b"', r'"a\\u0000b"'),
        (rb'"a\ud800b"', '"a?b"'),
        ('"\u00e9"'.encode(), '"\u00e9"'),
    ],
)
def test_what_postgresql_cannot_store_is_replaced_in_both(
    body: bytes, kept: str
) -> None:
    value, text = read_storable(body)

    assert text == kept
    assert value == json.loads(kept)


@pytest.mark.parametrize(
    "body",
    [b"", b"nothing", b"[1,]", b"NaN", b"[-Infinity]", b"1e400", b"\xff", b"[" * 9999],
    ids=lambda body: repr(body[:9]),
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_storable(body)
