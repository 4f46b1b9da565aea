"""What a process of our own asks of its interpreter and of its system."""

import json
import subprocess
import sys

_LOOK = """
import gc, json, resource, sys
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
from jobwire.app.process import prepare
prepare()
allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
print(json.dumps([allowed == most, gc.get_threshold(), gc.get_freeze_count() > 0]))
"""


def test_many_files_may_be_open_and_garbage_is_looked_for_rarely() -> None:
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, check=True, timeout=60
    )

    assert json.loads(looked.stdout) == [True, [50_000, 20, 100], True]
