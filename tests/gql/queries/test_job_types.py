"""`jobTypes`: what can be scheduled."""

from tests.gql.client import Api


async def test_the_registered_types_come_by_name_with_their_schemas(api: Api) -> None:
    found = await api.data(
        """{ jobTypes {
          name description executor dataSchema resultSchema maxDuration
          retryConfig { maxAttempts }
        } }"""
    )

    types = {kind["name"]: kind for kind in found["jobTypes"]}
    assert list(types) == sorted(types)
    assert {"no-op", "flaky", "count-primes", "profile-csv"} <= set(types)
    primes = types["count-primes"]
    assert primes["executor"] == "INTERNAL"
    assert primes["description"]
    assert "limit" in primes["dataSchema"]["properties"]
    assert primes["retryConfig"]["maxAttempts"] >= 1
