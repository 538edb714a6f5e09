"""Interruption: Ctrl-C and SIGTERM as something to wait for, so that they never arrive between two statements."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self


class Interruption:
    """Within its block the two signals are only noted; raises KeyboardInterrupt when the block is left after one."""

    def __init__(self) -> None:
        self.happened = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._before: dict[int, object] = {}

    def fileno(self) -> int:
        """Return what a selector waits for."""
        return self._read

    def __enter__(self) -> Self:
        # Only the main thread may; elsewhere whoever started the thread takes care of it.
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._note) for each in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
        os.close(self._read)
        os.close(self._write)
        if self.happened:
            raise KeyboardInterrupt

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let the signals do what they did before, for what may take minutes and leaves nothing half done."""
        noting = {each: signal.signal(each, handler) for each, handler in self._before.items()}  # type: ignore[arg-type]
        try:
            yield
        finally:
            for each, handler in noting.items():
                signal.signal(each, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.happened = True
        os.write(self._write, b"\0")
