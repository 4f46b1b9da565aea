"""docs/faq.md: no answer stands alone."""

import re

import pytest

from tests.docs.reader import ROOT

PAGE = (ROOT / "docs" / "faq.md").read_text()
ANSWERS = dict(
    re.findall(r"^### ([^\n]+\?)\n\n(.+?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
)
MOST_WORDS = 110


def test_every_question_is_found() -> None:
    assert len(ANSWERS) == len(re.findall(r"^### ", PAGE, re.MULTILINE)) > 15


@pytest.mark.parametrize("question", ANSWERS)
def test_an_answer_is_short_and_names_the_page_that_proves_it(question: str) -> None:
    answer = ANSWERS[question]

    assert len(answer.split()) <= MOST_WORDS
    assert re.search(r"\]\([\w./-]+\.md(#[\w-]+)?\)", answer)
