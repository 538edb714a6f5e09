"""Where packages stand on disk: the roots of the workspace and of its repositories, and the walk below them.

Knows nothing of what a BUILD.toml says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from etbuild.loading.folders import Folders
from etbuild.loading.globs import BUILD_FILE
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.label import Label, parse_label
from etbuild.model.workspace import Workspace

WORKSPACE_FILE = "WORKSPACE"
OUTPUT_FOLDER = "etbuild-out"
Roots = Mapping[str, str]
"""Package prefix to absolute folder."""


class Places:
    """The folders of all packages that one load may meet."""

    def __init__(
        self,
        workspace: Workspace,
        folders: Folders,
        repository_root: Callable[[str], Path],
        read_roots: Callable[[str], Mapping[str, str]],
    ) -> None:
        self._workspace = workspace
        self._folders = folders
        self._repository_root = repository_root
        self._read_roots = read_roots
        self._roots: dict[str, Roots] = {"": _absolute(workspace.root, workspace.roots)}

    def roots(self, repository: str) -> Roots:
        """Return the roots of a repository; fetches it where that is needed. Raises `unknown-repository`."""
        known = self._roots.get(repository)
        if known is None:
            known = self._roots[repository] = self._external_roots(repository)
        return known

    def _external_roots(self, name: str) -> Roots:
        repository = self._workspace.repository(name)
        if repository is None:
            hint = did_you_mean(name, self._workspace.repositories, "@{}")
            hint = hint or f'add a [[repository]] with name = "{name}" to WORKSPACE'
            raise EtbuildError(Diagnostic("unknown-repository", f"WORKSPACE has no repository '{name}'", hint=hint))
        folder = repository.path if repository.kind == "local" else str(self._repository_root(name))
        if not Path(folder).is_dir():
            message = f"the folder of repository '{name}' must exist, '{folder}' does not"
            raise EtbuildError(Diagnostic("unknown-repository", message, repository.span))
        return _absolute(folder, self._read_roots(folder))

    def folder(self, repository: str, package: str) -> str:
        """Return the absolute folder of a package, whether it exists or not; the longest prefix of the roots wins."""
        roots = self.roots(repository)
        prefix = package
        while prefix not in roots:
            if not prefix:
                # Nothing is mapped to the root package: a place that cannot exist.
                return f"{roots[next(iter(roots))]}/{OUTPUT_FOLDER}/{package}"
            prefix = prefix.rpartition("/")[0]
        return f"{roots[prefix]}{package[len(prefix) :] if prefix else '/' + package}".rstrip("/")

    def build_file(self, repository: str, package: str) -> str:
        """Return the absolute path of the package's BUILD.toml."""
        external = self._workspace.repository(repository) if repository and not package else None
        if external is not None and external.build_file:
            label = parse_label(external.build_file, Label("", "", "WORKSPACE"), external.span)
            label = label.within(self._workspace.name)
            return f"{self.folder(label.repository, label.package)}/{label.name}"
        return f"{self.folder(repository, package)}/{BUILD_FILE}"

    def shown(self, path: str) -> str:
        """Return a path as messages show it."""
        return path.removeprefix(self._workspace.root + "/")

    def right_name(self, repository: str, package: str) -> str | None:
        """Return the package that the physical path `package` is mapped to, if it is mapped to another."""
        roots = self.roots(repository)
        if "" not in roots:
            return None
        path = f"{roots['']}/{package}"
        for prefix, root in roots.items():
            if prefix and (path == root or path.startswith(root + "/")):
                return prefix + path[len(root) :] if self.folder(repository, package) == path else None
        return None

    def packages_below(self, repository: str, package: str) -> Iterator[str]:
        """Yield the names of the packages at and below `package`, sorted within each root."""
        roots = self.roots(repository)
        inside = package + "/" if package else ""
        starts = {prefix for prefix in roots if prefix.startswith(inside)} | {package}
        for start in sorted(starts):
            yield from self._walk(repository, start, starts - {start})

    def _walk(self, repository: str, package: str, others: set[str]) -> Iterator[str]:
        """Yield packages from `package` down, but for what `others` start with."""
        top = self.folder(repository, package)
        mapped = {root for prefix, root in self.roots(repository).items() if root != top}
        pending = [(package, top)]
        while pending:
            name, folder = pending.pop()
            listing = self._folders.walk_listing(folder)
            nested = WORKSPACE_FILE in listing.files and folder not in self.roots(repository).values()
            if nested or "pyvenv.cfg" in listing.files:
                continue
            if BUILD_FILE in listing.files or (repository and not name):
                yield name
            for child in reversed(listing.folders):
                below, path = f"{name}/{child}" if name else child, f"{folder}/{child}"
                skipped = child.startswith(".") or child == OUTPUT_FOLDER or child in listing.links
                if not skipped and below not in others and path not in mapped:
                    pending.append((below, path))


def _absolute(root: str, roots: Mapping[str, str]) -> Roots:
    """Return roots with absolute folders: "." is the root itself."""
    return {prefix: root if folder in (".", "") else f"{root}/{folder}" for prefix, folder in roots.items()}
