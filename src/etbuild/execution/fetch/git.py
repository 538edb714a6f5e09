"""Brings the files of a commit, and of its submodules, by the system's git. Knows no lock, and checks nothing out.

Objects are read as they are stored: neither hooks, filters nor line endings of the user's configuration change them.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from etbuild.execution.fetch.address import shown
from etbuild.execution.fetch.made_folder import remove_tree
from etbuild.execution.fetch.prefix import Prefix, unpack_below
from etbuild.execution.fetch.repository import intended_version
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.unpack import Member, Placer, unpack_members
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.lock import LockedFile
from etbuild.model.repository import Repository

FILENAME = "tree"
"""What stands as file name in the lock: its SHA-256 is that of the sorted list of modes, digests and paths."""
OF_ANOTHER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")
"""Set where git itself started etbuild, in a hook: they would name the user's own repository."""
_LOCAL = re.compile(r"/|file://")
_PACKED = 1 << 30
"""As if so large: what a commit's digest names is no bomb by accident."""
_EXECUTABLE, _LINK, _SUBMODULE = "100755", "120000", "160000"


@frozen
class _Commit:
    url: str
    commit: str
    path: str = ""
    """Where its files go: empty, or a submodule's folder with a final slash."""


@frozen
class _Entry:
    mode: str
    object: str
    path: str


def bring_commit(
    session: FetchSession, repository: Repository, scratch: Path, folder: Path, prefix: Prefix
) -> LockedFile:
    """Write the files of the commit below `folder`, and return what pins all of them, placed or not."""
    found: list[tuple[str, str, str, int]] = []
    what = f"@{repository.name}"

    def fill(folder: Path, place: Placer) -> None:
        found.clear()
        remove_tree(scratch)
        unpack_members(_members(session, repository, scratch, found), what, _PACKED, folder, place)

    unpack_below(fill, what, folder, prefix)
    text = "".join(f"{mode} {digest} {path}\0" for path, mode, digest, _ in sorted(found))
    size = sum(each[-1] for each in found)
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
    return LockedFile(repository.name, intended_version(repository), FILENAME, size, digest)


def _members(
    session: FetchSession, repository: Repository, scratch: Path, found: list[tuple[str, str, str, int]]
) -> Iterator[Member]:
    pending = [_Commit(repository.url, repository.commit)]
    count = 0
    while pending:
        commit = pending.pop()
        git = _Git(session, repository, scratch / str(count))
        count += 1
        git.fetch(commit)
        entries = git.entries(commit.commit)
        modules = [entry for entry in entries if entry.mode == _SUBMODULE] if repository.submodules else []
        if modules:
            urls = git.submodule_urls(commit, modules)
            pending += [_Commit(urls[each.path], each.object, f"{commit.path}{each.path}/") for each in modules]
        for entry, content in git.contents([entry for entry in entries if entry.mode != _SUBMODULE]):
            path = commit.path + entry.path
            found.append((path, entry.mode, hashlib.sha256(content).hexdigest(), len(content)))
            yield _member(path, entry.mode, content)


def _member(path: str, mode: str, content: bytes) -> Member:
    if mode == _LINK:
        return Member(path, len(content), "link", target=content.decode(errors="surrogateescape"))
    return Member(path, len(content), "file", mode == _EXECUTABLE, open=lambda: io.BytesIO(content))


class _Git:
    """One bare repository that holds one commit."""

    def __init__(self, session: FetchSession, repository: Repository, folder: Path) -> None:
        self._repository = repository
        self._folder = folder
        self._env = {key: value for key, value in session.env.items() if key not in OF_ANOTHER}
        # Nobody is there to answer; and messages are looked at below.
        self._env |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        # A repository from elsewhere must not have a folder of this machine copied as its submodule.
        self._allow = "always" if _LOCAL.match(repository.url) else "never"

    def fetch(self, commit: _Commit) -> None:
        """Have the commit: alone, or with all there is where the server gives no commit by its name."""
        self._folder.mkdir(parents=True)
        self._run("init", "--quiet", "--bare", "--template=", ".")
        fetch = ("-c", f"protocol.file.allow={self._allow}", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head")
        alone = self._try(*fetch, "--depth=1", "--", commit.url, commit.commit)
        if alone.returncode == 0:
            return
        everything = self._try(*fetch, "--", commit.url, "+refs/*:refs/fetched/*")
        if everything.returncode != 0:
            message = f"git cannot fetch '{shown(commit.url)}'"
            raise self._failed(message, everything, "check the address, the network and git's own configuration")
        if self._try("cat-file", "-e", f"{commit.commit}^{{commit}}").returncode != 0:
            hint = "take one that a branch or tag reaches; `git ls-remote` lists them"
            raise self._failed(f"'{shown(commit.url)}' has no commit '{commit.commit}'", alone, hint)

    def entries(self, commit: str) -> list[_Entry]:
        """Return the files, links and submodules of a commit."""
        lines = self._run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
        entries = (line.decode(errors="surrogateescape").partition("\t") for line in lines if line)
        return [_Entry(head.split(" ")[0], head.split(" ")[2], path) for head, _, path in entries]

    def contents(self, entries: list[_Entry]) -> Iterator[tuple[_Entry, bytes]]:
        """Yield each file with its bytes."""
        command = ["git", "cat-file", "--batch"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=self._folder, env=self._env, stdin=pipe, stdout=pipe) as process:
            for entry in entries:
                assert process.stdin is not None  # noqa: S101 - For the type.
                assert process.stdout is not None  # noqa: S101
                process.stdin.write(f"{entry.object}\n".encode())
                process.stdin.flush()
                size = int(process.stdout.readline().split()[2])
                yield entry, process.stdout.read(size + 1)[:-1]

    def submodule_urls(self, commit: _Commit, modules: list[_Entry]) -> Mapping[str, str]:
        """Return each submodule's address by its path."""
        pattern = r"^submodule\..*\.(path|url)$"
        done = self._try("config", "--blob", f"{commit.commit}:.gitmodules", "-z", "--get-regexp", pattern)
        text = done.stdout.decode(errors="surrogateescape")
        values = dict(line.split("\n", 1) for line in text.split("\0") if line)
        sections = {key.rpartition(".")[0] for key in values}
        found = {
            values[f"{section}.path"]: _joined(commit.url, values[f"{section}.url"])
            for section in sections
            if {f"{section}.path", f"{section}.url"} <= values.keys()
        }
        if lost := [entry.path for entry in modules if entry.path not in found]:
            message = f"'{shown(commit.url)}' names no address for its submodule '{lost[0]}' in .gitmodules"
            raise self._failed(message, done, "take a commit that does, or submodules = false")
        return found

    def _run(self, *words: str) -> bytes:
        done = self._try(*words)
        if done.returncode != 0:
            raise self._failed(f"git {words[0]} failed", done, None)
        return done.stdout

    def _try(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True}
        try:
            return subprocess.run(["git", *words], cwd=self._folder, env=self._env, check=False, **pipes)
        except FileNotFoundError as error:
            message = "a repository of kind 'git' needs git, which is not on PATH"
            span = self._repository.span
            raise EtbuildError(Diagnostic("missing-tool", message, span, hint="apt install git")) from error

    def _failed(self, message: str, done: subprocess.CompletedProcess[bytes], hint: str | None) -> EtbuildError:
        said = shown(done.stderr.decode(errors="replace"))
        notes = tuple(said.strip().splitlines()[-4:])
        return EtbuildError(Diagnostic("fetch-failed", message, self._repository.span, notes, hint))


def _joined(base: str, url: str) -> str:
    """Return a submodule's address, which may be relative to that of the repository that names it."""
    if not url.startswith(("./", "../")):
        return url
    base = base.rstrip("/")
    while url.startswith(("./", "../")):
        if url.startswith("../"):
            base = base[: max(base.rfind("/"), base.rfind(":"))]
        url = url[url.index("/") + 1 :]
    return f"{base}/{url}"
