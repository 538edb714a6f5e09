"""Label and Pattern: how targets and files are named. Knows nothing of which exist.

Labels   //package:name   //package (its last part is the name)   :name and name (inside a package)
         @repository//package:name
Patterns //a:b   //a/... (a and all below)   //a:all (the targets of a)   -//x/... (taken away)
         a:b   a/...   ... (from the folder one stands in)
"""

from __future__ import annotations

import re

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.frozen import frozen, replace

_REPOSITORY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_PACKAGE_PART = re.compile(r"[A-Za-z0-9_@%+=,~.-]+")
_NO_PART = frozenset(("", ".", ".."))
_NAME = re.compile(r"[^\s:\\\x00-\x1f\x7f\"'*?\[\]]+")
_NAME_HOLDS = "it must hold no white space and none of : \\ \" ' * ? [ ]"
_PACKAGE_HOLDS = "it must be of letters, digits and _ @ % + = , ~ . -"


@frozen
class Label:
    """The absolute name of a target or of a file of a package."""

    repository: str
    """Empty for the workspace itself."""
    package: str
    """A relative path with forward slashes; empty for the root package."""
    name: str
    """A target's name or a file's path below the package's folder."""

    def __lt__(self, other: Label) -> bool:
        return (self.repository, self.package, self.name) < (other.repository, other.package, other.name)

    def __str__(self) -> str:
        repository = f"@{self.repository}" if self.repository else ""
        if self.package and self.package.rpartition("/")[2] == self.name:
            return f"{repository}//{self.package}"
        return f"{repository}//{self.package}:{self.name}"

    @property
    def full(self) -> str:
        """The label with its name spelled out, as in //package:name."""
        repository = f"@{self.repository}" if self.repository else ""
        return f"{repository}//{self.package}:{self.name}"

    @property
    def package_label(self) -> str:
        """The package's own name, such as //models or @repo//models."""
        return f"@{self.repository}//{self.package}" if self.repository else f"//{self.package}"

    def within(self, own: str) -> Label:
        """Return the label as the workspace of that name writes it: @own//x is //x."""
        return Label("", self.package, self.name) if self.repository and self.repository == own else self

    @property
    def path(self) -> str:
        """Where a file of this name stands below an execution root."""
        below = f"{self.package}/{self.name}" if self.package else self.name
        return f"external/{self.repository}/{below}" if self.repository else below


@frozen
class Pattern:
    """A set of targets, as a user types it."""

    repository: str
    package: str
    name: str | None
    """One target's name; None means all targets of the package."""
    recursive: bool = False
    """True for `...`: of the packages below, too."""
    negative: bool = False
    """True for a leading `-`: taken away from what stands before."""

    def __str__(self) -> str:
        sign = "-" if self.negative else ""
        place = f"@{self.repository}//{self.package}" if self.repository else f"//{self.package}"
        if self.recursive:
            return f"{sign}{place}/..." if self.package else f"{sign}{place}..."
        return f"{sign}{place}:{'all' if self.name is None else self.name}"

    def within(self, own: str) -> Pattern:
        """Return the pattern as the workspace of that name writes it: @own//... is //... ."""
        return replace(self, repository="") if self.repository == own else self

    def matches(self, label: Label) -> bool:
        """Tell whether `label` is in the set, without regard to `negative`."""
        if label.repository != self.repository:
            return False
        if self.recursive:
            return not self.package or label.package == self.package or label.package.startswith(self.package + "/")
        return label.package == self.package and self.name in (None, label.name)


def parse_label(text: str, base: Label | None = None, span: Span | None = None) -> Label:
    """Return the label that `text` means inside the package of `base` (or absolute, where `base` is None).

    Raises EtbuildError `bad-label`.
    """
    repository, package, name = _split(text, base, span)
    if name is None:
        name = package.rpartition("/")[2]
        if not name:
            raise _bad(text, "the root package has no target of its own name; write //:name", span)
    # A file has one name: a/./b and a//b would be others of a/b.
    if not _NAME.fullmatch(name) or not _NO_PART.isdisjoint(name.split("/")):
        raise _bad(text, _no_name(name, "target or file", _NAME_HOLDS), span)
    return Label(repository, package, name)


def parse_pattern(text: str, base: Label | None = None) -> Pattern:
    """Return the pattern that a user's `text` means. Raises EtbuildError `bad-label`."""
    negative = text.startswith("-")
    body = text[1:] if negative else text
    if body == "..." or body.endswith("/..."):
        repository, package = _folder(body[:-3], base, text)
        return Pattern(repository, package, None, recursive=True, negative=negative)
    place, colon, _ = body.partition(":")
    if base and place and colon and not place.startswith(("//", "@")):
        repository, package = _folder(place, base, text)
        body = Label(repository, package, "").package_label + body[len(place) :]
    if body.endswith((":all", ":*")):
        label = parse_label(body.rpartition(":")[0] + ":all", base)
        return Pattern(label.repository, label.package, None, negative=negative)
    label = parse_label(body, base)
    return Pattern(label.repository, label.package, label.name, negative=negative)


def _folder(folder: str, base: Label | None, text: str) -> tuple[str, str]:
    """Return repository and package of a folder, relative to `base` unless it begins with // or @."""
    if folder.startswith(("//", "@")):
        repository, package, name = _split(folder if folder.endswith("//") else folder.removesuffix("/"), base, None)
        if name is not None:
            raise _bad(text, "... follows a folder, as in //package/...", None)
        return repository, package
    if base is None:
        raise _bad(text, "a pattern starts with // or @", None)
    parts = [base.package, *(part for part in folder.split("/") if part != ".")]
    package = "/".join(filter(None, parts))
    if not _is_package(package):
        raise _bad(text, _no_name(package, "package", _PACKAGE_HOLDS), None)
    return base.repository, package


def _is_package(name: str) -> bool:
    return not name or all(_PACKAGE_PART.fullmatch(part) and part not in _NO_PART for part in name.split("/"))


def _split(text: str, base: Label | None, span: Span | None) -> tuple[str, str, str | None]:
    """Return repository, package and name; the name is None where the text leaves it out."""
    repository, rest = base.repository if base else "", text
    if text.startswith("@"):
        repository, separator, tail = text[1:].partition("//")
        if not separator:
            raise _bad(text, "a repository is followed by //, as in @name//package:target", span)
        if not _REPOSITORY.fullmatch(repository):
            raise _bad(text, f"'{repository}' is no name of a repository", span)
        rest = "//" + tail
    if rest.startswith("//"):
        package, colon, name = rest[2:].partition(":")
        if not _is_package(package):
            raise _bad(text, _no_name(package, "package", _PACKAGE_HOLDS), span)
        return repository, package, name if colon else None
    if base is None:
        raise _bad(text, "a label starts with // or @", span)
    return base.repository, base.package, rest.removeprefix(":")


def _no_name(name: str, of: str, holds: str) -> str:
    parts = "no part of it may be empty, . or .."
    return f"'{name}' is no name of a {of}: {holds if _NO_PART.isdisjoint(name.split('/')) else parts}"


def _bad(text: str, why: str, span: Span | None) -> EtbuildError:
    return EtbuildError(Diagnostic("bad-label", f"'{text}' is no label: {why}", span))
