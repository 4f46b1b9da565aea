"""The one project, and whose it is, of an emulator."""

from typing import Any

PROJECT_REF = "proj_emulator"
ENVIRONMENT_SLUG = "dev"
ENVIRONMENT_TYPE = "DEVELOPMENT"

PROJECT: dict[str, Any] = {
    "id": "project_emulator",
    "ref": PROJECT_REF,
    "slug": "emulator",
    "name": "Emulator",
}
ORGANIZATION: dict[str, Any] = {
    "id": "organization_emulator",
    "slug": "emulator",
    "name": "Emulator",
}


def environment(id: str) -> dict[str, Any]:
    """Return the environment as alerts name it."""
    return {"id": id, "type": ENVIRONMENT_TYPE, "slug": ENVIRONMENT_SLUG}
