"""Reads a `[[repository]]` of WORKSPACE: what each kind takes. Knows not where it stands, and fetches nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal

from etbuild.loading.toml_spans import TomlPath
from etbuild.model.attrs import Attrs, Dep
from etbuild.model.diagnostics import Span
from etbuild.model.frozen import frozen
from etbuild.model.markers import Limits
from etbuild.model.repository import Repository

Name = Annotated[str, Limits(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
_COMMIT = re.compile("[0-9a-f]{40}")
_PLATFORM = re.compile(
    r"any|win32|(?:win|linux|manylinux(?:1|2010|2014|_\d+_\d+)|(?:musllinux|macosx|ios)_\d+_\d+|android_\d+)_[a-z]\w*"
)
_REGISTERED = ("pypi", "npm", "deb")
"""Kinds that a package's name finds."""
_EVERY = frozenset({"name", "kind", "build_file"})
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "pypi": ("version",),
    "npm": ("version",),
    "deb": ("version",),
    "archive": ("url",),
    "git": ("url", "commit"),
    "url": ("url",),
    "local": ("path",),
}
_TAKES: Mapping[str, tuple[str, ...]] = {
    "pypi": ("package", "sdist", "platform", "strip_prefix"),
    "npm": ("package", "strip_prefix"),
    "deb": ("package",),
    "archive": ("version", "strip_prefix"),
    "git": ("submodules", "strip_prefix"),
    "url": ("version", "files"),
    "local": (),
}
"""Beside what it needs, and what every kind takes."""


class RepositoryAttrs(Attrs):
    """A `[[repository]]` of WORKSPACE."""

    name: Name
    """What it is called after the @."""

    kind: Literal["pypi", "npm", "archive", "git", "url", "local", "deb"]
    """Where it comes from."""

    package: str = ""
    """For pypi, npm and deb: what it is called there; its name if left out."""

    version: str = ""
    """For pypi, npm and deb; for url and archive what people call it."""

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


@frozen
class Wrong:
    """A mistake in a `[[repository]]`."""

    message: str
    path: TomlPath = ()
    """Below the repository's table."""
    of_key: bool = False
    """Whether it is the key that is wrong, not its value."""
    hint: str | None = None


def repository_mistakes(given: RepositoryAttrs, keys: Collection[str], root: str) -> Iterator[Wrong]:
    """Yield what is wrong with a repository whose table has these `keys`, but for its name."""
    yield from _mistakes_of_kind(given, keys)
    if given.commit and not _COMMIT.fullmatch(given.commit):
        hint = f"a branch or tag moves; `git ls-remote {given.url} {given.commit}` shows its commit"
        yield Wrong(f"a commit must be 40 hexadecimal digits, is '{given.commit}'", ("commit",), hint=hint)
    if given.platform and not _PLATFORM.fullmatch(given.platform):
        message = f"a platform must be one that a wheel's name ends with, is '{given.platform}'"
        yield Wrong(message, ("platform",), hint="such as manylinux_2_28_aarch64 or macosx_14_0_arm64")
    elif given.platform and given.sdist:
        yield Wrong("a source distribution is for every platform", ("platform",), of_key=True)
    yield from _mistakes_of_files(given.files)
    folder = _folder(given, root)
    if folder == root or folder.startswith(root + "/"):
        hint = "files of the workspace itself are in packages"
        yield Wrong("a local repository must stand outside the workspace", ("path",), hint=hint)


def _mistakes_of_kind(given: RepositoryAttrs, keys: Collection[str]) -> Iterator[Wrong]:
    kind = f"a repository of kind '{given.kind}'"
    for need in _NEEDS[given.kind]:
        if not getattr(given, need):
            yield Wrong(f"{kind} must have '{need}'")
    taken = (*_NEEDS[given.kind], *_TAKES[given.kind])
    for key in keys:
        if key not in _EVERY and key not in taken:
            others = [each for each in _NEEDS if key in (*_NEEDS[each], *_TAKES[each])]
            hint = f"it takes {', '.join(taken)}; '{key}' is for {', '.join(others)}"
            yield Wrong(f"{kind} takes no '{key}'", (key,), of_key=True, hint=hint)


def _mistakes_of_files(files: tuple[str, ...]) -> Iterator[Wrong]:
    for index, name in enumerate(files):
        if not {"", ".", ".."}.isdisjoint(name.split("/")):
            yield Wrong(f"a file must be a name below the address, is '{name}'", ("files", index))
        elif any(f"{other}/".startswith(f"{name}/") for other in (*files[:index], *files[index + 1 :])):
            yield Wrong(f"each file must have a place of its own, '{name}' is another's", ("files", index))


def repository_of(given: RepositoryAttrs, root: str, span: Span) -> Repository:
    """Return what a `[[repository]]` of the workspace at `root` asks for."""
    return Repository(
        name=given.name,
        kind=given.kind,
        package=given.package or (given.name if given.kind in _REGISTERED else ""),
        version=given.version,
        platform=given.platform,
        sdist=given.sdist,
        url=os.path.normpath(f"{root}/{given.url}") if given.url.startswith(("./", "../")) else given.url,
        files=given.files,
        commit=given.commit,
        submodules=given.submodules,
        strip_prefix=given.strip_prefix,
        path=_folder(given, root),
        build_file=given.build_file.full if given.build_file else "",
        span=span,
    )


def _folder(given: RepositoryAttrs, root: str) -> str:
    if given.path.startswith("/"):
        return given.path.rstrip("/")
    return os.path.normpath(f"{root}/{given.path}") if given.path else ""
