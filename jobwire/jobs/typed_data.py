"""Data and results of jobs as types: read, written and described by pydantic."""

from typing import Any, Literal

from pydantic import ConfigDict, PydanticUserError, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError

from jobwire.jobs.definition import JobDefinitionError

#: What the schema of a job without data says.
NO_DATA_SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
# NaN would silently become null; kept, it is refused with its reason.
_CONFIG = ConfigDict(ser_json_inf_nan="constants")


def adapter_of(owner: object, role: str, kind: Any) -> TypeAdapter[Any]:
    """Make the reader and writer of a type.

    Args:
        owner: Whose data they are, for the error.
        role: What they are to it: data or result.
        kind: The type, as annotated.

    Raises:
        JobDefinitionError: pydantic cannot handle it.
    """
    try:
        try:
            return TypeAdapter(kind, config=_CONFIG)
        except PydanticUserError as error:
            # A model, a dataclass or a TypedDict brings its own configuration.
            if error.code != "type-adapter-config-unused":
                raise
            return TypeAdapter(kind)
    except (PydanticUserError, PydanticSchemaGenerationError, NameError) as error:
        raise JobDefinitionError(
            owner, f"pydantic cannot handle the type of its {role}: {error}"
        ) from error


def schema_of(
    owner: object,
    role: str,
    adapter: TypeAdapter[Any],
    mode: Literal["validation", "serialization"],
) -> dict[str, Any]:
    """Return the JSON schema of a type.

    Raises:
        JobDefinitionError: It has none.
    """
    try:
        return adapter.json_schema(mode=mode)
    except (PydanticUserError, NameError) as error:
        raise JobDefinitionError(
            owner, f"its {role} has no JSON schema: {error}"
        ) from error
