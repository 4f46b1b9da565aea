"""The examples of the pages run as they stand, and no method is without one."""

from pathlib import Path

import pytest

from jobwire.triggerdev import TriggerDevClient
from tests.pages import CLIENT_PAGE, EMULATOR_PAGE, sections_of
from tests.triggerdev.documented import examples_of, public_calls, run_examples

PAGES = (CLIENT_PAGE, EMULATOR_PAGE)
SECTIONS = [(page, heading) for page in PAGES for heading in sections_of(page)]
CALLS = public_calls(TriggerDevClient(secret_key="tr_dev_4f9sKq2LmXw7"))


@pytest.mark.parametrize(
    ("page", "section"), SECTIONS, ids=[f"{page.stem}: {one}" for page, one in SECTIONS]
)
async def test_the_examples_of_a_section_run(
    page: Path, section: str, tmp_path: Path
) -> None:
    examples = [one for one in examples_of(page) if one.section == section]

    await run_examples(examples, tmp_path)


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_shown_in_an_example(call: str) -> None:
    shown = "\n".join(one.source for one in examples_of(CLIENT_PAGE))
    is_shown = f"{call}(" in shown

    assert is_shown, f"docs/trigger-dev-client.md shows no {call}(…)"


def page_of(tmp_path: Path, *parts: str) -> Path:
    """Write a page of headings, and of examples, which begin with no `##`."""
    page = tmp_path / "page.md"
    text = [
        part if part.startswith("## ") else f"```python\n{part}\n```" for part in parts
    ]
    page.write_text("# A page\n\n" + "\n\n".join(text) + "\n")
    return page


async def test_examples_of_a_section_share_their_names(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "## One",
        "run = await client.tasks.trigger('my-task', 1)",
        "found = await client.runs.retrieve(run.id)",
        "## Two",
        "run.id",
    )
    first, second, foreign = examples_of(page)

    names = await run_examples([first, second], tmp_path)

    assert names["found"].id == names["run"].id
    assert foreign.section == "Two"
    with pytest.raises(NameError, match="run"):
        await run_examples([foreign], tmp_path)


async def test_a_failing_example_tells_its_line_of_the_page(tmp_path: Path) -> None:
    page = page_of(tmp_path, "## One", "1 + 1", "\nraise ValueError('here')")

    with pytest.raises(ValueError, match="here") as raised:
        await run_examples(examples_of(page), tmp_path)

    last = raised.traceback[-1]
    assert page.read_text().splitlines()[last.lineno].startswith("raise ValueError")


def test_whole_test_files_are_left_to_pytest(tmp_path: Path) -> None:
    page = page_of(tmp_path, "## One", "def test_it(): ...")

    assert examples_of(page) == []
