"""What an error of the database means, for whoever asked it something."""

import asyncpg

#: The database cannot be reached, or ends: what was asked may be asked again.
AWAY = (
    OSError,
    asyncpg.InterfaceError,
    # A statement that meets the server's goodbye.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
#: A statement took longer than it may. It is one of those above in asyncpg's eyes.
TOO_SLOW = asyncpg.QueryCanceledError
