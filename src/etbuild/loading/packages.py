"""The packages of one load, each read when it is first asked for. Knows nothing of dependencies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from etbuild.loading.folders import Folders
from etbuild.loading.globs import BUILD_FILE
from etbuild.loading.package import Package, PackageSource, read_package
from etbuild.loading.places import Places
from etbuild.model.attrs import labels_in
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, did_you_mean
from etbuild.model.label import Label, parse_label
from etbuild.model.rule import Rule
from etbuild.model.target import TargetSpec
from etbuild.model.workspace import Workspace


class Packages:
    """All packages that were met so far, and their mistakes."""

    def __init__(self, workspace: Workspace, places: Places, folders: Folders) -> None:
        self._workspace = workspace
        self._places = places
        self._folders = folders
        self._rules: dict[str, Rule[Any]] = {rule.name: rule for family in workspace.families for rule in family.rules}
        self._packages: dict[tuple[str, str], Package | EtbuildError] = {}
        self.mistakes: list[Diagnostic] = []
        self.read: list[str] = []
        """Absolute paths of the files that were read."""
        self.missing: list[str] = []
        """Absolute paths that were looked for and not found."""

    def get(self, repository: str, name: str) -> Package:
        """Return the package; its own mistakes are noted. Raises `unknown-package`, `wrong-root` or a fetch's error."""
        key = (repository, name)
        known = self._packages.get(key)
        if known is None:
            try:
                known = self._read(repository, name)
            except EtbuildError as error:
                known = error
            self._packages[key] = known
        if isinstance(known, EtbuildError):
            raise known
        return known

    def _read(self, repository: str, name: str) -> Package:
        self.check_name(repository, name)
        folder = self._places.folder(repository, name)
        path = self._places.build_file(repository, name)
        try:
            content = Path(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            self.missing.append(path)
            if repository and not name:
                # A repository that knows nothing of etbuild: all its files are there to be used.
                return Package(repository, name, folder, exports=None)
            raise self._unknown_package(repository, name) from None
        self.read.append(path)
        source = PackageSource(repository, name, folder, content, self._places.shown(path))
        package = read_package(source, self._rules, self._workspace.name_in(repository), self._folders)
        self.mistakes += package.mistakes
        return package

    def check_name(self, repository: str, name: str) -> None:
        """Raise `wrong-root` if the package is a mapped folder under its physical path."""
        right = self._places.right_name(repository, name)
        if right is None:
            return
        wrong, label = (Label(repository, package, "x").package_label for package in (name, right))
        message = f"'{wrong}' is no package: WORKSPACE maps its folder to '{label}'"
        raise EtbuildError(Diagnostic("wrong-root", message, hint=f"write '{label}'"))

    def _unknown_package(self, repository: str, name: str) -> EtbuildError:
        label = Label(repository, name, "x").package_label
        folder = self._places.shown(self._places.folder(repository, name))
        known = self._places.packages_below(repository, "")
        form = f"@{repository}//{{}}" if repository else "//{}"
        hint = did_you_mean(name, [package for package in known if package != name], form)
        message = f"no package '{label}': '{folder}' has no {BUILD_FILE}"
        external = self._workspace.repository(repository)
        if external and not external.build_file:
            whole = Label(repository, "", f"{name}/…")
            hint = hint or f"a file of a repository without packages is named from its root, as in '{whole}'"
        return EtbuildError(Diagnostic("unknown-package", message, hint=hint))

    def find_file(self, label: Label, package: Package, dependent: Label) -> str:
        """Return the file's absolute path. Raises what is wrong with `dependent` naming it; the place is not known."""
        if not self._folders.is_file(package.folder, label.name):
            raise EtbuildError(self.no_target(label, package, files=True))
        border = self._border(package, label.name) if "/" in label.name else None
        if border is not None:
            right = Label(label.repository, border, label.name[len(border) - len(package.name) :].strip("/"))
            message = f"'{label.name}' belongs to package '{right.package_label}'"
            raise EtbuildError(Diagnostic("unknown-target", message, hint=f"write '{right}'"))
        here = label.package == dependent.package and label.repository == dependent.repository
        if not here and package.exports is not None and label.name not in package.exports:
            owner = label.package_label
            message = f"'{label.name}' of package '{owner}' is not exported, '{dependent}' must not name it"
            hint = f'add "{label.name}" to exports of [package] in its {BUILD_FILE}'
            raise EtbuildError(Diagnostic("not-exported", message, hint=hint))
        return f"{package.folder}/{label.name}"

    def no_target(self, label: Label, package: Package, *, files: bool) -> Diagnostic:
        """Return the diagnostic of a label that is no target, nor a file where `files` are meant too."""
        if not files and self._folders.is_file(package.folder, label.name):
            return Diagnostic("unknown-target", f"'{label.full}' must be a target, is a file")
        owner = label.package_label
        names = {*package.targets, *(package.broken or ())}
        hint = did_you_mean(label.name, names, f"{owner}:{{}}")
        if files:
            hint = hint or did_you_mean(label.name, self._folders.listing(package.folder).files)
        if hint is None and not names:
            hint = f"package '{owner}' has no targets"
        elif hint is None and label.name == label.package.rpartition("/")[2]:
            hint = f"for all targets of the package write '{owner}:all'"
        elif hint is None:
            hint = f"`etbuild query {owner}:all` lists what there is"
        what = "target or file" if files else "target"
        return Diagnostic("unknown-target", f"no {what} '{label.name}' in package '{owner}'", hint=hint)

    def _border(self, package: Package, name: str) -> str | None:
        """Return the package below `package` that the file belongs to, if there is one."""
        parts = name.split("/") if package.exports is not None else []
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if self._folders.is_file(f"{package.folder}/{folder}", BUILD_FILE):
                return f"{package.name}/{folder}" if package.name else folder
            self.missing.append(f"{package.folder}/{folder}/{BUILD_FILE}")
        return None

    def place(self, label: Label, dependent: TargetSpec) -> Span | None:
        """Return where `dependent` names `label`: as checked, or as a select writes it."""
        if dependent.attrs is not None:
            for key, found in labels_in(dependent.attrs):
                if found == label:
                    return dependent.span(key) if key in dependent.spans else dependent.span(re.split(r"[.\[]", key)[0])
        for span in dependent.spans.values():
            text = span.text[span.column - 1 : span.column - 1 + span.length]
            if self._means(text.strip("\"'"), label, dependent):
                return span
        return dependent.span()

    def _means(self, text: str, label: Label, dependent: TargetSpec) -> bool:
        if label.name not in text and label.package.rpartition("/")[2] not in text:
            return False
        try:
            return parse_label(text, dependent.label).within(dependent.own) == label
        except EtbuildError:
            return False
