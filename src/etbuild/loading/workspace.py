"""Finds and reads WORKSPACE. Knows nothing of packages, and fetches nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from etbuild.loading.families import load_families
from etbuild.loading.lazy_mapping import LazyMapping
from etbuild.loading.package_scope import Origins
from etbuild.loading.places import WORKSPACE_FILE
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
_Name = Annotated[str, Limits(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
_COMMIT = re.compile("[0-9a-f]{40}")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "pypi": ("version",),
    "npm": ("version",),
    "deb": ("version",),
    "archive": ("url",),
    "git": ("url", "commit"),
    "url": ("url",),
    "local": ("path",),
}


class ConfigAttrs(Attrs):
    """A `[config.name]` of WORKSPACE."""

    flags: tuple[str, ...] = ()
    """What `--config=name` stands for."""


class RepositoryAttrs(Attrs):
    """A `[[repository]]` of WORKSPACE."""

    name: _Name
    """What it is called after the @."""

    kind: Literal["pypi", "npm", "archive", "git", "url", "local", "deb"]
    """Where it comes from."""

    package: str = ""
    """For pypi, npm and deb: what it is called there; its name if left out."""

    version: str = ""
    """For pypi, npm and deb."""

    sdist: bool = False
    """For pypi: whether to take the source distribution though there is a wheel; no code of it is run."""

    platform: str = ""
    """For pypi: the wheel's platform, such as manylinux_2_28_aarch64, where it is not for this machine."""

    url: str = ""
    """For url, archive and git; for git, `./` and `../` begin a path relative to the workspace's root."""

    files: tuple[str, ...] = ()
    """For url: names below the address, if it is that of a folder."""

    commit: str = ""
    """For git: the commit, in 40 hexadecimal digits."""

    submodules: bool = False
    """For git: whether its submodules are brought too."""

    strip_prefix: str = ""
    """For what is unpacked: a folder of it that becomes the repository's root."""

    path: str = ""
    """For local: a folder outside the workspace, absolute or relative to the workspace's root."""

    build_file: Dep | None = None
    """A file of the workspace that is the BUILD.toml of the repository's root package."""


class WorkspaceAttrs(Attrs):
    """The file WORKSPACE."""

    name: _Name
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
    return Workspace(
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
            for need in _NEEDS[given.kind]:
                if not getattr(given, need):
                    self.mistake(f"a repository of kind '{given.kind}' must have '{need}'", path)
            if given.commit and not _COMMIT.fullmatch(given.commit):
                message = f"a commit must be 40 hexadecimal digits, is '{given.commit}'"
                hint = f"a branch or tag moves; `git ls-remote {given.url} {given.commit}` shows its commit"
                self.mistake(message, (*path, "commit"), hint)
            found[given.name] = self.repository(given, path)
        return found

    def repository(self, given: RepositoryAttrs, path: TomlPath) -> Repository:
        folder = os.path.normpath(f"{self.root}/{given.path}") if given.path else ""
        folder = given.path.rstrip("/") if given.path.startswith("/") else folder
        if folder == self.root or folder.startswith(self.root + "/"):
            hint = "files of the workspace itself are in packages"
            self.mistake("a local repository must stand outside the workspace", (*path, "path"), hint)
        build_file = given.build_file.full if given.build_file else ""
        package = given.package or (given.name if given.kind in ("pypi", "npm", "deb") else "")
        span = self.toml.value_span(path)
        return Repository(
            name=given.name,
            kind=given.kind,
            package=package,
            version=given.version,
            platform=given.platform,
            sdist=given.sdist,
            url=os.path.normpath(f"{self.root}/{given.url}") if given.url.startswith(("./", "../")) else given.url,
            files=given.files,
            commit=given.commit,
            submodules=given.submodules,
            strip_prefix=given.strip_prefix,
            path=folder,
            build_file=build_file,
            span=span,
        )


def _tuples(value: Any) -> Any:
    """Return TOML's value with tuples for lists: schemas are strict."""
    if isinstance(value, dict):
        return {key: _tuples(element) for key, element in value.items()}
    return tuple(_tuples(element) for element in value) if isinstance(value, list) else value
