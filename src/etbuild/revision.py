"""affected: what differs between a revision of the workspace and its files now. Runs git, and no action."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from etbuild.analysis.affected import Affected, Revision, affected
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.scratch_folder import scratch_folder
from etbuild.execution.store import Store
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import Note
from etbuild.model.frozen import replace
from etbuild.model.graph import reachable
from etbuild.model.target import TargetSpec
from etbuild.model.workspace import Workspace
from etbuild.session import Session

ALL = "//..."


def affected_since(session: Session, revision: str, patterns: Sequence[str]) -> tuple[Affected, ...]:
    """Return the targets, of `patterns` and what they need, that are built otherwise than at `revision`."""
    store = Store.open(Path(session.settings.cache))
    digests = FileDigests(store)
    try:
        with checked_out(session, revision) as root:

            def digest(path: str) -> str:
                return _digest(path, root, digests)

            # The older first: the newer one's rules are what Python's table of modules holds in the end.
            try:
                older = _older(session, root)
                before, reason = (_revision(older, digest), "") if older else (None, "new")
            except EtbuildError as error:
                reason = f"'{revision}' does not load"
                session.events(Note(f"{reason}, so that all counts as affected: {error.diagnostics[0].message}"))
                before = None
            after = _revision(session, digest, patterns)
            found = affected(before, after) if before else _all(after, reason)
            wanted = set(after.analysis.targets if tuple(patterns) == (ALL,) else after.analysis.requested)
            return tuple(each for each in found if each.label in wanted and not each.label[0].repository)
    finally:
        store.close()


@contextmanager
def checked_out(session: Session, revision: str) -> Iterator[Path]:
    """Give a folder with the workspace's files as they were; neither git's index nor its working tree is touched."""
    root, cache = session.root, Path(session.settings.cache)
    name = f"{revision}^{{commit}}"
    commit = _git(session, root, ("rev-parse", "--verify", "--quiet", "--end-of-options", name), revision)
    inside = _git(session, root, ("rev-parse", "--show-prefix"), revision)
    top = Path(_git(session, root, ("rev-parse", "--show-toplevel"), revision))
    with scratch_folder(cache, "revision-") as folder:
        index, files = f"{folder}/index", folder / "files"
        files.mkdir()
        # By an index of its own, so that attributes, links and modes are as in any checkout.
        _git(session, top, ("read-tree", f"{commit}:{inside}"), revision, index)
        _git(session, top, ("checkout-index", "--all", "--quiet", f"--prefix={files}/"), revision, index)
        yield files


def _git(session: Session, folder: Path, words: Sequence[str], revision: str, index: str = "") -> str:
    env = {**session.place.env, **({"GIT_INDEX_FILE": index} if index else {})}
    try:
        done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        message = "reading a revision needs git, which is not installed"
        raise EtbuildError(Diagnostic("no-git", message, hint="apt install git")) from None
    if done.returncode:
        said = tuple(done.stderr.strip().splitlines()[-2:])
        message = f"'{revision}' must be a revision of the git repository that holds the workspace, is none"
        raise EtbuildError(Diagnostic("unknown-revision", message, notes=said, hint="`git log` shows what there is"))
    return done.stdout.strip()


def _older(session: Session, root: Path) -> Session | None:
    """Return a session on the older files; None if there was no workspace then."""
    if not (root / "WORKSPACE").is_file():
        return None
    own = session.place.etbuild_root == session.root
    place = replace(session.place, root=root, etbuild_root=root if own else session.place.etbuild_root)
    older = Session(place, session.settings, session.events)
    # A relative path is meant from where the workspace really stands.
    repositories = {
        name: replace(each, path=os.path.normpath(session.root / os.path.relpath(each.path, root)))
        if each.kind == "local" and each.path != str(place.etbuild_root)
        else each
        for name, each in older.workspace.repositories.items()
    }
    older.workspace = replace(older.workspace, repositories=repositories)
    return older


def _all(revision: Revision, reason: str) -> tuple[Affected, ...]:
    return tuple(Affected(key, (reason,)) for key in revision.analysis.targets)


def _revision(session: Session, digest: Callable[[str], str], patterns: Sequence[str] = (ALL,)) -> Revision:
    analysis = session.analyze(session.load(patterns))
    code = _RuleCode(session.workspace)
    return Revision(analysis, digest, code.digest)


def _digest(path: str, older: Path, digests: FileDigests) -> str:
    # The older files are about to go: nothing is remembered of them.
    hash_of = file_sha256 if path.startswith(f"{older}/") else (lambda each: digests.digest(str(each)).digest.hash)

    def of(file: Path) -> str:
        return hash_of(file) + (" executable" if file.stat().st_mode & 0o100 else "")

    top = Path(path)
    if not top.is_dir():
        return of(top) if top.exists() else ""
    files = sorted(each for each in top.rglob("*") if each.is_file())
    return hashlib.sha256("".join(f"{each.relative_to(top)} {of(each)}\n" for each in files).encode()).hexdigest()


class _RuleCode:
    """Digests of rules' own code: a rule's file, and the families' files that it imports at any depth."""

    def __init__(self, workspace: Workspace) -> None:
        self._roots = {family.name: Path(family.root) for family in workspace.families}
        self._texts: dict[str, bytes] = {}
        self._known: dict[str, str] = {}

    def digest(self, spec: TargetSpec) -> str:
        """Return the digest of the code of a target's rule."""
        module = spec.rule.implementation.__module__
        if module not in self._known:
            modules = sorted(reachable([module], self._imports))
            text = b"\0".join(part for each in modules for part in (each.encode(), self._text(each)))
            self._known[module] = hashlib.sha256(text).hexdigest()
        return self._known[module]

    def _text(self, module: str) -> bytes:
        if module not in self._texts:
            _, family, *parts = [*module.split("."), ""] if "." not in module else module.split(".")
            root = self._roots.get(family)
            places = (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")) if root else ()
            self._texts[module] = next((place.read_bytes() for place in places if place.is_file()), b"")
        return self._texts[module]

    def _imports(self, module: str) -> list[str]:
        found: list[str] = []
        for node in ast.walk(ast.parse(self._text(module))):
            if isinstance(node, ast.ImportFrom):
                # A relative import: from the module's package, or from itself if it is one.
                bases = [module, module.rpartition(".")[0]] if node.level else [""]
                names = [f"{base}.{node.module or ''}".strip(".") for base in bases]
                found += [*names, *(f"{name}.{alias.name}" for name in names for alias in node.names)]
            elif isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
        return [name for name in found if name.startswith("rules.") and self._text(name)]
