"""The threads that sync jobs run in."""

import threading
from collections.abc import Callable
from queue import SimpleQueue


class SyncThreads:
    """A bounded set of threads, made as they are needed and kept.

    They are daemons: a job that never looks at `ctx.cancelled` must not keep a
    process from ending, as the threads of `concurrent.futures` would.

    Args:
        size: Threads at most. The caller submits no more calls than that at once.
            None can be ended from outside, so a place that stuck code gives back is a
            thread more.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._busy = 0
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], None]) -> None:
        """Run something that does not raise in one of the threads."""
        with self._lock:
            self._busy += 1
            if self._busy > len(self._threads) and len(self._threads) < self._size:
                thread = threading.Thread(
                    target=self._work,
                    name=f"jobwire-job-{len(self._threads) + 1}",
                    daemon=True,
                )
                self._threads.append(thread)
                thread.start()
        self._calls.put(call)

    def stop(self) -> None:
        """Let each thread end once its call returns; waits for none."""
        with self._lock:
            for _ in self._threads:
                self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call()
            finally:
                # Else an idle thread would keep the last job's objects alive.
                del call
                with self._lock:
                    self._busy -= 1
