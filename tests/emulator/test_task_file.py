from pathlib import Path

import pytest

from jobwire.emulator import EmulatorError, Queue, Task, load_task_file, load_tasks

IMPORT = "from jobwire.emulator import Task\n"


def test_a_file_tells_its_tasks(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f'{IMPORT}TASKS = [Task("a", duration=2.0), Task("b")]\n')

    assert load_tasks(file) == (Task("a", duration=2.0), Task("b"))


def test_a_file_tells_its_queues(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    queues = 'QUEUES = [Queue("mail", concurrency_limit=2)]'
    file.write_text(
        f'from jobwire.emulator import Queue, Task\nTASKS = [Task("a")]\n{queues}\n'
    )

    assert load_task_file(file).queues == (Queue("mail", concurrency_limit=2),)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("TASKS = (\n", ":1", "SyntaxError: '(' was never closed"),
        ("x = 1\n1 / 0\n", ":2", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('no')\n", ":2", "SystemExit: no"),
        ("import nothing_like_it\n", ":1", "ModuleNotFoundError: No module named"),
        (f"{IMPORT}TASKS = (Task(''),)\n", ":2", "its id is empty"),
        (f"{IMPORT}Task('a', duration=-1)\n", ":2", "its duration is negative"),
        ("", "", "it must say `TASKS = (Task(…), …)`"),
        ("TASKS = ()\n", "", "it must say `TASKS = (Task(…), …)`"),
        ("TASKS = [1]\n", "", "it must say `TASKS = (Task(…), …)`"),
        (f"{IMPORT}TASKS = [Task('a')]\nQUEUES = 1\n", "", "QUEUES must be like"),
        (f"{IMPORT}TASKS = [Task('a')] * 2\n", "", "two tasks are called 'a'"),
    ],
)
def test_a_broken_file_is_refused_with_place_and_reason(
    tmp_path: Path, text: str, line: str, reason: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)

    with pytest.raises(EmulatorError) as caught:
        load_tasks(file)

    assert str(caught.value).startswith(f"{file}{line}: ")
    assert reason in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="there is no such file"):
        load_tasks(tmp_path / "mine.py")
