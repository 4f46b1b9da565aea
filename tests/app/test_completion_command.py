"""`jobwire completion`: what a shell completes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from jobwire.app.cli import main, parser
from jobwire.app.parser import choices_of

Captured = pytest.CaptureFixture[str]


def script(capsys: Captured, shell: str) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_knows_every_command_and_verb_and_their_options(
    capsys: Captured, shell: str
) -> None:
    printed = script(capsys, shell)

    for command, its in choices_of(parser()).items():
        assert command in printed
        for verb in choices_of(its):
            assert verb in printed
    for option in ("webhook-url", "trigger-task", "misfire-window", "hooks-secret"):
        assert option in printed


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("jobwire", "doc"), {"doctor"}),
        (("jobwire", "jobs", "s"), {"show", "schedule"}),
        (("jobwire", "schedules", "show", "--j"), {"--json"}),
    ],
)
def test_bash_completes(
    capsys: Captured, tmp_path: Path, words: tuple[str, ...], wanted: set[str]
) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    file = tmp_path / "jobwire"
    file.write_text(script(capsys, "bash"))
    asked = f"""
source {file}
COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
$(complete -p jobwire | sed -E 's/.*-F ([^ ]+).*/\\1/') jobwire {words[-1]} {words[-2]}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

    done = subprocess.run(
        [bash, "-c", asked], capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) == wanted


@pytest.mark.parametrize("program", ["zsh", "fish"])
def test_other_shells_can_read_it(
    capsys: Captured, tmp_path: Path, program: str
) -> None:
    shell = shutil.which(program)
    if shell is None:
        pytest.skip(f"NO {program.upper()} HERE: ITS SCRIPT IS NOT READ BY IT")
    file = tmp_path / "jobwire"
    file.write_text(script(capsys, program))

    subprocess.run([shell, "-n", str(file)], check=True)


def test_a_shell_that_is_not_known_is_not_understood(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["completion", "bsh"])

    assert caught.value.code == 2
    assert "there is no shell 'bsh'; did you mean bash?" in capsys.readouterr().err
