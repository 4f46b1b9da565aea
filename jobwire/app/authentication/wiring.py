"""The chain that the settings ask for, open for the length of a block."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from jobwire.app.authentication.api_key import ByApiKey
from jobwire.app.authentication.chain import Authenticator, Chain
from jobwire.app.authentication.identity_provider import ByIdentityProvider
from jobwire.app.authentication.key_set import KeySet
from jobwire.app.authentication.secret import by_secret
from jobwire.app.settings import Settings
from jobwire.jobs.clock import Clock
from jobwire.models.database import Database


@asynccontextmanager
async def open_chain(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[Chain]:
    """Open the proofs: API keys, then tokens of the secret, then of the provider."""
    async with AsyncExitStack() as stack:
        chain: list[Authenticator] = [
            await stack.enter_async_context(ByApiKey(database, clock))
        ]
        if settings.auth_secret is not None:
            chain.append(
                by_secret(
                    settings.auth_secret,
                    clock,
                    issuer=settings.secret_issuer,
                    audience=settings.auth_audience,
                )
            )
        if settings.auth_jwks_url is not None:
            key_set = await stack.enter_async_context(
                KeySet(settings.auth_jwks_url, clock)
            )
            chain.append(
                ByIdentityProvider(
                    key_set,
                    clock,
                    issuer=settings.auth_issuer,
                    audience=settings.auth_audience,
                )
            )
        yield Chain(chain)
