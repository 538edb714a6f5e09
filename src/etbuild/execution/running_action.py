"""RunningAction: one action from its inputs in place to what it made. Knows nothing of other actions or keys."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from etbuild.execution.depfile import used_paths
from etbuild.execution.execution_root import ExecutionRoot, Input, OutputMissingError, is_outside
from etbuild.execution.machinery import Machinery
from etbuild.execution.sandbox.protocol import BEFORE, DIAGNOSTICS, PROGRESS, ROOT, SandboxCommand
from etbuild.execution.spawn import End, Job
from etbuild.model.action import Action, OutputFile
from etbuild.model.events import ActionProgress
from etbuild.model.frozen import field, frozen

GRACE = 2.0
"""Seconds between being asked to end and being made to."""
TIME_LIMIT = "ETBUILD_TIMEOUT"
"""The variable that says after how many seconds what runs a device's programs ends one by itself."""
_OUT_OF_TIME = 124
"""The exit code by which it tells that it did."""


@frozen
class Ended:
    """How a run of an action ended."""

    end: End
    wall_ms: int
    peak_ram: int = 0
    files: dict[str, OutputFile] = field(default_factory=dict)
    missing: OutputMissingError | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    read: tuple[str, ...] = ()
    """The files below the execution root that its depfile names."""
    mistakes: bytes = b""
    """What the tool wrote to $ETBUILD_DIAGNOSTICS."""
    timed_out: bool = False
    shell: str = ""
    """How to enter the sandbox, if it was kept."""
    worker: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it did all that was asked."""
        return self.end.code == 0 and not self.end.lost and self.missing is None and not self.timed_out


class RunningAction:
    """Started when made. `job` is to be waited for; then `finish` is called, once."""

    def __init__(
        self, machinery: Machinery, index: int, action: Action, root: ExecutionRoot, inputs: Sequence[Input]
    ) -> None:
        self.index = index
        self.action = action
        self.started = machinery.clock()
        self.deadline = self.started + action.timeout if action.timeout else 0.0
        self.timed_out = False
        self._machinery = machinery
        self._root = root
        self._command = _command(machinery, action, root, inputs)
        if action.before and machinery.outputs:
            with contextlib.suppress(OSError):  # Most often none was placed.
                shutil.copyfile(machinery.outputs / action.before, Path(root.report, BEFORE))
        job = machinery.workers.start(action, self._command, root.output) if machinery.workers else None
        self.worker = job is not None
        self.job: Job = job or machinery.sandbox.start(self._command, root.output)
        self._peak_ram = 0
        """As far as was seen: bubblewrap does not tell what ran in it took."""

    def time_out(self) -> None:
        """End it: it has had its time."""
        self.timed_out = True
        self.deadline = 0.0
        self.job.kill(signal.SIGKILL)

    def look(self, now: float) -> ActionProgress:
        """Return what it says of itself, and what it takes."""
        ram = self.job.ram()
        self._peak_ram = max(self._peak_ram, ram)
        # The last line may be half written.
        complete = _read(Path(self._root.report, PROGRESS)).rpartition(b"\n")[0]
        said = complete.rpartition(b"\n")[2].decode(errors="replace")
        return ActionProgress(self.index, said, now - self.started, ram)

    def finish(self) -> Ended:
        """Take what it made, and give its root back."""
        end = self.job.end()
        self.timed_out |= end.code == _OUT_OF_TIME and TIME_LIMIT in dict(self.action.env)
        wall_ms = round((self._machinery.clock() - self.started) * 1000)
        store, root = self._machinery.store, self._root
        files: dict[str, OutputFile] = {}
        missing = None
        read: tuple[str, ...] = ()
        if end.code == 0 and not end.lost and not self.timed_out:
            try:
                files = root.collect(
                    self.action.outputs, lambda path, executable: store.ingest(path, executable=executable)
                )
                read = self._read()
            except OutputMissingError as error:
                missing = error
        failed = end.code != 0 or missing is not None
        ended = Ended(
            end,
            wall_ms,
            max(end.peak_ram, self._peak_ram),
            files,
            missing,
            root.log(0),
            root.log(1),
            read,
            _read(Path(root.report, DIAGNOSTICS)) if failed else b"",
            self.timed_out,
            self._machinery.sandbox.shell(self._command) if failed else "",
            self.worker,
        )
        if failed and self._machinery.sandbox_debug:
            self._machinery.roots.keep()
        else:
            root.sweep(self._command.writable if self._machinery.sandbox.guards else ("",))
            self._machinery.roots.give_back(root)
        return ended

    def _read(self) -> tuple[str, ...]:
        """Return what the depfile says was read. Raises OutputMissingError."""
        depfile, root = self.action.depfile, self._root.path
        if depfile is None:
            return ()
        try:
            text = Path(root, depfile.path).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            raise OutputMissingError(depfile, "nothing") from None
        return used_paths(text, (ROOT, root))


def _command(machinery: Machinery, action: Action, root: ExecutionRoot, inputs: Sequence[Input]) -> SandboxCommand:
    folders = {a.path if a.is_tree else a.path.rpartition("/")[0] for a in action.written}
    return SandboxCommand(
        action.argv,
        action.env,
        root.path,
        tuple(folder for folder in sorted(folders) if not _is_below_another(folder, folders)),
        root.temporary,
        root.report,
        tuple((mount.path, str(machinery.realize_mount(mount))) for mount in action.mounts),
        tuple((path, at) for path, file, at in inputs if is_outside(file, at)),
    )


def _is_below_another(folder: str, folders: set[str]) -> bool:
    return any(folder != other and (not other or folder.startswith(other + "/")) for other in folders)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
