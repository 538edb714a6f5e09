"""Finds and reads WORKSPACE. Knows nothing of packages, and fetches nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from etbuild.loading.families import load_families
from etbuild.loading.folders import Folders
from etbuild.loading.lazy_mapping import LazyMapping
from etbuild.loading.package_scope import Origins
from etbuild.loading.places import WORKSPACE_FILE, Places
from etbuild.loading.repositories import Name, RepositoryAttrs, repository_mistakes, repository_of
from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import TomlFile, parse_toml
from etbuild.loading.validation import Subject, refusals
from etbuild.loading.version_pin import check_pin
from etbuild.model.attrs import Attrs, Dep, check_table, label_context
from etbuild.model.diagnostics import Diagnostic, EtbuildError, raise_all
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.markers import Limits
from etbuild.model.repository import Repository
from etbuild.model.validator import ValidationError
from etbuild.model.workspace import OWN_REPOSITORY, Workspace

LOCK_FILE = "etbuild.lock"


class ConfigAttrs(Attrs):
    """A `[config.name]` of WORKSPACE."""

    flags: tuple[str, ...] = ()
    """What `--config=name` stands for."""


class WorkspaceAttrs(Attrs):
    """The file WORKSPACE."""

    name: Name
    """What others call it after an @."""

    etbuild: str = ""
    """Which versions of etbuild may build it, such as ">=0.1,<0.3"."""

    families: tuple[str, ...] = ()
    """Rule families, found in its own `rules` or in etbuild's; `core` is always there."""

    toolchains: tuple[Dep, ...] = ()
    """Targets that serve what rules need, in order of preference."""

    roots: Annotated[dict[str, str], Limits(min_length=1)] = {"": "."}  # noqa: RUF012 - pydantic copies it.
    """Package prefix to the folder it stands in."""

    config: dict[str, ConfigAttrs] = {}  # noqa: RUF012 - pydantic copies it.
    """Named sets of flags."""

    repository: tuple[RepositoryAttrs, ...] = ()
    """Files from outside."""

    cache: str = ""
    """A cache folder; the user's own if left out."""


def find_workspace(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds a WORKSPACE. Raises `workspace-not-found`."""
    for folder in (start, *start.parents):
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    hint = f'a workspace begins with a file {WORKSPACE_FILE} that says name = "…"'
    message = f"no {WORKSPACE_FILE} in '{start}' or above it"
    raise EtbuildError(Diagnostic("workspace-not-found", message, hint=hint))


def load_workspace(root: Path, etbuild_root: Path) -> Workspace:
    """Return the workspace at `root`; `etbuild_root` is the folder that etbuild itself stands in.

    Raises EtbuildError with all mistakes.
    """
    toml = _parse(root)
    reader = _WorkspaceReader(toml, str(root))
    attrs = reader.attributes()
    reader.check_roots(attrs.roots)
    repositories = reader.repositories(attrs, str(etbuild_root))
    mistakes = [*reader.mistakes, *check_pin(attrs.etbuild, toml.value_span(("etbuild",)))]
    raise_all(mistakes)
    spans = Origins(()).spans(toml)
    loaded = load_families(attrs.families, root, etbuild_root, spans)
    lock = root / LOCK_FILE
    etbuilds = etbuild_root / WORKSPACE_FILE
    inherits = OWN_REPOSITORY in repositories and etbuilds.is_file()
    workspace = Workspace(
        str(root),
        attrs.name,
        attrs.roots,
        loaded.families,
        attrs.toolchains,
        repositories,
        LazyMapping(lambda: _inherited(etbuild_root, repositories)) if inherits else {},
        {name: config.flags for name, config in attrs.config.items()},
        attrs.cache,
        spans,
        (
            str(root / WORKSPACE_FILE),
            *([str(lock)] if lock.is_file() else []),
            *([str(etbuilds)] if inherits else []),
            *loaded.read,
        ),
    )
    reader.check_build_files(workspace, attrs.repository)
    raise_all(reader.mistakes)
    return workspace


def _inherited(etbuild_root: Path, declared: Collection[str]) -> dict[str, Repository]:
    reader = _WorkspaceReader(_parse(etbuild_root), str(etbuild_root))
    found = reader.repositories(reader.attributes(), str(etbuild_root))
    raise_all(reader.mistakes)
    return {
        name: replace(each, build_file=f"@{OWN_REPOSITORY}{each.build_file}") if each.build_file else each
        for name, each in found.items()
        if name not in declared
    }


def read_roots(folder: str) -> Mapping[str, str]:
    """Return the roots of a repository's folder: what its own WORKSPACE says, if it has one."""
    if not Path(folder, WORKSPACE_FILE).is_file():
        return {"": "."}
    return _WorkspaceReader(_parse(Path(folder)), folder).attributes().roots


def _parse(root: Path) -> TomlFile:
    return parse_toml((root / WORKSPACE_FILE).read_bytes(), WORKSPACE_FILE)


class _WorkspaceReader:
    """Reads the tables of one WORKSPACE."""

    def __init__(self, toml: TomlFile, root: str) -> None:
        self.toml = toml
        self.root = root
        self.mistakes: list[Diagnostic] = []

    def attributes(self) -> WorkspaceAttrs:
        raw = _tuples(self.toml.data)
        context = label_context(Label("", "", WORKSPACE_FILE), str(raw.get("name", "")))
        try:
            return check_table(WorkspaceAttrs, raw, context)
        except ValidationError as error:
            subject = Subject(WORKSPACE_FILE, WorkspaceAttrs, self.toml.key_span, self.toml.value_span)
            raise EtbuildError(*refusals(error, raw, subject)) from None

    def mistake(self, message: str, path: TomlPath, hint: str | None = None) -> None:
        self.mistakes.append(Diagnostic("bad-workspace", message, self.toml.value_span(path), hint=hint))

    def check_roots(self, roots: Mapping[str, str]) -> None:
        for prefix, folder in roots.items():
            path: TomlPath = ("roots", prefix)
            parts = folder.split("/")
            if folder != "." and (folder.startswith("/") or not {"..", ".", ""}.isdisjoint(parts)):
                self.mistake(f"a root must be a folder below the workspace, is '{folder}'", path)
            elif not Path(self.root, folder).is_dir():
                self.mistake(f"the folder of root '{prefix}' must exist, '{folder}' does not", path)
            if prefix.startswith("/") or prefix.endswith("/"):
                self.mistake(f"a root's prefix must be a package's name such as \"models\", is '{prefix}'", path)

    def repositories(self, attrs: WorkspaceAttrs, etbuild_root: str) -> dict[str, Repository]:
        found: dict[str, Repository] = {}
        if attrs.name != OWN_REPOSITORY:
            found[OWN_REPOSITORY] = Repository(OWN_REPOSITORY, "local", path=etbuild_root)
        for index, given in enumerate(attrs.repository):
            path: TomlPath = ("repository", index)
            if given.name in found or given.name in (attrs.name, OWN_REPOSITORY):
                owner = "this workspace" if given.name == attrs.name else "another repository"
                self.mistake(f"a repository's name must be its own, '{given.name}' is {owner}'s", (*path, "name"))
            for wrong in repository_mistakes(given, self.toml.data["repository"][index], self.root):
                at = (*path, *wrong.path)
                span = self.toml.key_span(at) if wrong.of_key else self.toml.value_span(at)
                self.mistakes.append(Diagnostic("bad-workspace", wrong.message, span, hint=wrong.hint))
            found[given.name] = repository_of(given, self.root, self.toml.value_span(path))
        return found

    def check_build_files(self, workspace: Workspace, given: Sequence[RepositoryAttrs]) -> None:
        places = Places(workspace, Folders(), Path, read_roots)
        for index, each in enumerate(given):
            if each.build_file is None:
                continue
            path: TomlPath = ("repository", index, "build_file")
            if each.build_file.repository not in ("", OWN_REPOSITORY):
                self.mistake(f"a build_file must be a file of the workspace, '{each.build_file}' is of another", path)
            elif not Path(file := places.build_file(each.name, "")).is_file():
                hint = "it is read before anything is built: a target's output is too late"
                self.mistake(
                    f"a build_file must be a file of the workspace, there is no '{places.shown(file)}'", path, hint
                )


def _tuples(value: Any) -> Any:
    """Return TOML's value with tuples for lists: schemas are strict."""
    if isinstance(value, dict):
        return {key: _tuples(element) for key, element in value.items()}
    return tuple(_tuples(element) for element in value) if isinstance(value, list) else value
