"""The code of trigger/ against the types of the SDK that its lock file names."""

import json
import subprocess
from pathlib import Path

import pytest

TRIGGER = Path(__file__).parents[2] / "trigger"


def compile_types(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    compiler = TRIGGER / "node_modules" / ".bin" / "tsc"
    return subprocess.run(
        [compiler, "--noEmit", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_types_of_the_trigger_project_are_sound(node_project: Path) -> None:
    ended = compile_types(node_project)

    assert (ended.returncode, ended.stdout) == (0, "")


def test_a_hook_that_the_sdk_does_not_have_is_noticed(
    node_project: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(node_project / "node_modules")
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"extends": str(node_project / "tsconfig.json"), "include": ["*"]})
    )
    (tmp_path / "hook.ts").write_text(
        'import { tasks } from "@trigger.dev/sdk";\ntasks.onBegin(async () => {});\n'
    )

    ended = compile_types(tmp_path)

    assert "Property 'onBegin' does not exist" in ended.stdout


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_the_packages_are_named_without_addresses(name: str) -> None:
    # `npm run lock` writes such a lock file.
    assert "://" not in (TRIGGER / name).read_text()
