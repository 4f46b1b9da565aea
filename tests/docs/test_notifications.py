"""docs/notifications.md: its verifiers verify, and its table tells of every type."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jobwire.gql.types.job_event import JobEventKind
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.loading import JobSource
from jobwire.jobs.notify import STATUS_TYPES, type_of
from jobwire.models.vocabulary import EventKind
from jobwire.triggerdev.signature import sign_standard
from tests.docs.blocks import blocks_of
from tests.docs.reader import ROOT
from tests.receiver import OTHER_SECRET, SECRET

PAGE = ROOT / "docs" / "notifications.md"
BLOCKS = {block.file: block.text for block in blocks_of(PAGE) if block.file}
BODY = '{"type":"job.succeeded","data":{"tag":"Zürich"}}'


@dataclass(frozen=True)
class Case:
    """A message as it comes."""

    body: str
    headers: dict[str, str]


def signed(*secrets: str, age: timedelta = timedelta()) -> dict[str, str]:
    at = SystemClock().now() - age
    signatures = [
        sign_standard(one, id="ntf_1", timestamp=at, body=BODY.encode())
        for one in secrets
    ]
    return {
        "webhook-id": "ntf_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def genuine() -> list[Case]:
    """What a receiver that has `SECRET` takes."""
    return [Case(BODY, signed(SECRET)), Case(BODY, signed(OTHER_SECRET, SECRET))]


def forged() -> list[Case]:
    """What it refuses."""
    return [
        Case(BODY, signed(OTHER_SECRET)),
        Case(BODY.replace("succeeded", "failed"), signed(SECRET)),
        Case(BODY, signed(SECRET) | {"webhook-id": "ntf_2"}),
        Case(BODY, signed(SECRET, age=timedelta(minutes=6))),
        Case(BODY, signed(SECRET) | {"webhook-signature": ""}),
    ]


def test_the_verifier_in_python_tells_what_is_genuine() -> None:
    module: Any = ModuleType("verify_jobwire")
    exec(BLOCKS["verify_jobwire.py"], module.__dict__)  # noqa: S102 - it is ours

    def verified(cases: list[Case]) -> list[bool]:
        return [
            module.verify(case.body.encode(), case.headers, SECRET) for case in cases
        ]

    assert all(verified(genuine()))
    assert not any(verified(forged()))


def test_the_verifier_in_node_tells_what_is_genuine(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE HERE: THE VERIFIER OF RECEIVERS ON NODE IS NOT TESTED")
    (tmp_path / "verify-jobwire.mjs").write_text(BLOCKS["verify-jobwire.mjs"])
    (tmp_path / "run.mjs").write_text(
        """import { readFileSync } from "node:fs";
import { verify } from "./verify-jobwire.mjs";
const [secret, cases] = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([body, headers]) =>
  verify(Buffer.from(body), headers, secret))));
"""
    )
    cases = [*genuine(), *forged()]
    given = [SECRET, [(case.body, case.headers) for case in cases]]

    ended = subprocess.run(
        [node, "run.mjs"],
        cwd=tmp_path,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    found = json.loads(ended.stdout)
    assert found == [True] * len(genuine()) + [False] * len(forged())


def test_the_jobs_of_the_page_can_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", SECRET)
    (tmp_path / "page_jobs.py").write_text(BLOCKS["myteam/jobs.py"])

    source = JobSource("page_jobs.py", directory=tmp_path)
    try:
        notified = {one.name: len(one.notify) for one in source.load()}
    finally:
        source.close()

    assert notified == {"invoice": 1, "video": 1}


def test_the_table_tells_of_every_type_that_can_occur() -> None:
    rows = re.findall(r"^\| `(job\.\w+)` \| (yes)? ?\|", PAGE.read_text(), re.MULTILINE)

    assert {type for type, _ in rows} == {
        type_of(EventKind(kind.value)) for kind in JobEventKind
    }
    assert tuple(type for type, default in rows if default) == STATUS_TYPES
