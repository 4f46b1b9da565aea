"""`viewer`: the caller."""

from tests.gql.client import Api

VIEWER = "{ viewer { userId scopes expiresAt } }"


async def test_the_caller_is_told_who_it_is(api: Api) -> None:
    assert await api.data(VIEWER) == {
        "viewer": {
            "userId": "user-1",
            "scopes": ["JOBS_READ", "JOBS_WRITE"],
            "expiresAt": None,
        }
    }


async def test_the_viewer_needs_no_scope(api: Api) -> None:
    assert (await api.data(VIEWER, caller="scopeless"))["viewer"]["scopes"] == []
