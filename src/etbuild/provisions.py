"""Provisions: repositories, Python environments, the machine's own programs, on demand. Knows no target, no action."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from etbuild.execution.fetch.made_folder import is_made
from etbuild.execution.fetch.present import folder_digest
from etbuild.execution.fetch.repository import UNLOCKED, fetch_repository, locked_files, repository_folder
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.interpreter import Interpreter, running_interpreter
from etbuild.execution.python_environment import (
    ensure_environment,
    environment_digest,
    environment_path,
    select_wheels,
)
from etbuild.execution.system_programs import NotInstalledError, SystemPrograms
from etbuild.loading.lock_file import read_lock, stale_environment
from etbuild.model.action import LOCAL, Mount
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.host import Host
from etbuild.model.label import Label
from etbuild.model.lock import EnvironmentIntent, LockFile
from etbuild.model.repository import Repository
from etbuild.model.workspace import OWN_REPOSITORY, Workspace

ENVIRONMENTS = "/etbuild/environments"
"""Where an action sees Python environments."""
REPOSITORIES = "/etbuild/repositories"
"""Where it sees repositories that are no inputs: too big, or of too many files."""
SYSTEM = "/usr"
ENVIRONMENT, REPOSITORY = "python_environment", "repository"
LOCK = "etbuild.lock"


class Provisions:
    """What a session brings from outside the workspace; each thing once."""

    def __init__(self, workspace: Workspace, etbuild_root: Path, session: FetchSession) -> None:
        self._workspace = workspace
        self._etbuild_root = etbuild_root
        self._session = session
        self.read: dict[str, None] = {}
        """Absolute paths of what was read: locks, and what the machine's own programs are keyed by."""

    @functools.cached_property
    def interpreter(self) -> Interpreter:
        """The Python that environments are made for: the one that runs etbuild."""
        return running_interpreter()

    def repository_root(self, name: str) -> Path:
        """Return the folder of @name, fetched if need be. Raises EtbuildError `unknown-repository`."""
        if name == OWN_REPOSITORY:
            return self._etbuild_root
        return fetch_repository(self._session, *self._declared(name))

    def _declared(self, name: str) -> tuple[Repository, LockFile]:
        """Return a repository of the workspace, else of etbuild's own, with the lock that pins it."""
        repository = self._workspace.repository(name)
        if repository is None:
            hint = did_you_mean(name, self._workspace.repositories) or "declare it in WORKSPACE as [[repository]]"
            raise EtbuildError(Diagnostic("unknown-repository", f"no repository '@{name}' is declared", hint=hint))
        owned = name in self._workspace.repositories
        return repository, self._repository_lock(self._workspace.root if owned else str(self._etbuild_root))

    @functools.cache  # noqa: B019 - a session lives as long as its process.
    def _repository_lock(self, root: str) -> LockFile:
        path = Path(root, LOCK)
        return self._lock(str(path)) if path.exists() else LockFile(())

    @functools.cache  # noqa: B019 - a session lives as long as its process.
    def _lock(self, path: str) -> LockFile:
        self.read[path] = None
        try:
            return read_lock(Path(path), self._shown(path))
        except FileNotFoundError:
            message = f"the lock '{self._shown(path)}' must exist, does not"
            raise EtbuildError(Diagnostic("not-locked", message, hint="run `etbuild lock`")) from None

    def environment_mount(self, path: str, intent: EnvironmentIntent, label: Label) -> Mount:
        """Return the Python environment that a lock file describes; nothing is installed yet.

        Raises `stale-lock` unless it was made from `intent`, the requirements of `label`, if it has any.
        """
        stale = intent.requirements and stale_environment(self._lock(path), intent, self._shown(path), str(label))
        if stale:
            raise EtbuildError(stale)
        return self._mounts(path)

    @functools.cache  # noqa: B019 - a session lives as long as its process.
    def _mounts(self, path: str) -> Mount:
        name = Path(path).stem
        files = select_wheels(self._lock(path), self.interpreter, name)
        digest = environment_digest(files, self.interpreter)
        provenance = f"{self._shown(path)}, {len(files)} packages, {self.interpreter.cache_tag}"
        return Mount(f"{ENVIRONMENTS}/{name}", digest, ENVIRONMENT, path, provenance)

    @functools.cache  # noqa: B019 - a session lives as long as its process.
    def system_mount(self, programs: tuple[str, ...] = (), packages: tuple[str, ...] = ()) -> Mount:
        """Return this machine's own programs, keyed by its release and by these. Raises NotInstalledError."""
        installed = SystemPrograms(self._session.cache).installed(programs, packages)
        self.read.update(dict.fromkeys(installed.read))
        what = ", ".join((*programs, *packages)) or "the machine's own programs"
        return Mount(SYSTEM, installed.digest, "system", SYSTEM, what)

    @functools.cache  # noqa: B019 - a session lives as long as its process.
    def repository_mount(self, name: str, programs: tuple[str, ...] = ()) -> Mount:
        """Return the folder of @name as a mount, keyed by its lock; nothing is fetched yet.

        Raises NotInstalledError for what of `programs` a folder of this machine lacks.
        """
        repository, lock = self._declared(name)
        if repository.kind in UNLOCKED:
            folder = self.repository_root(name)
            if lacking := next((each for each in programs if not os.access(folder / each, os.X_OK)), None):
                raise NotInstalledError(str(folder / lacking))
            digest, found = folder_digest(folder)
            self.read.update(dict.fromkeys(found))
            what = str(folder)
        else:
            files = locked_files(repository, lock)
            digest = repository_folder(self._session.cache, repository, files).name
            what = " ".join(file.filename for file in files)
        kind = LOCAL if repository.kind == "local" else REPOSITORY
        return Mount(f"{REPOSITORIES}/{name}", digest, kind, name, what)

    def realize(self, mount: Mount) -> Path:
        """Return the folder of this machine that a mount stands for; installs an environment that is not there."""
        if mount.kind in {REPOSITORY, LOCAL}:
            return self.repository_root(mount.source)
        if mount.kind == ENVIRONMENT:
            lock = self._lock(mount.source)
            return ensure_environment(self._session, lock, self.interpreter, Path(mount.source).stem).path
        return Path(mount.source)

    def is_here(self, mount: Mount) -> bool:
        """Tell whether an environment or a repository was made before, so that `realize` fetches nothing.

        What is not pinned was never made.
        """
        if mount.kind == ENVIRONMENT:
            return is_made(environment_path(self._session.cache, mount.digest, self.interpreter))
        repository, _ = self._declared(mount.source)
        digest = "" if repository.kind in UNLOCKED else self.repository_mount(mount.source).digest
        return bool(digest) and is_made(self._session.cache / "repositories" / digest)

    def _shown(self, path: str) -> str:
        return path.removeprefix(f"{self._workspace.root}/").removeprefix(f"{self._etbuild_root}/")


def detect_host(proc: Path = Path("/proc")) -> Host:
    """Find out what machine this is."""
    machine = os.uname()
    cpu = {"arm64": "aarch64", "amd64": "x86_64"}.get(machine.machine.lower(), machine.machine)
    system = {"Linux": "linux", "Darwin": "macos"}.get(machine.sysname, machine.sysname.lower())
    return Host(cpu, system, os.cpu_count() or 1, _total_ram(proc))


def _total_ram(proc: Path) -> int:
    try:
        lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")), 0)
