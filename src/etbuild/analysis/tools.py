"""Tools: a family's programs with the closure of their imports. Reads Python as text; runs none of it.

A change of a file re-runs the actions whose tools import it, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.graph import reachable


@frozen
class Tool:
    """A program of a family, as a word of an action's argv: its script's path, with all that it imports as inputs."""

    script: Artifact
    inputs: InputSet
    """The script and the files of `tools` that it imports, at any depth."""
    root: str
    """The folder inside an action that its imports start from."""

    def __str__(self) -> str:
        return self.script.path


class Tools:
    """The tools of all families, each file read once."""

    def __init__(self, roots: Mapping[str, str], read_text: Callable[[str], str]) -> None:
        self._roots = roots
        self._read_text = read_text
        self._tools: dict[tuple[str, str], Tool] = {}
        self._texts: dict[str, str | None] = {}
        self._folders: set[str] = set()
        self._probed: set[str] = set()
        self._imports: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def read(self) -> tuple[str, ...]:
        """Absolute paths of the files that decided closures."""
        return tuple(path for path, text in self._texts.items() if text is not None)

    @property
    def probed(self) -> tuple[str, ...]:
        """Absolute paths of folders where something was looked for in vain: a new file there may be imported."""
        return tuple(sorted(self._probed))

    def tool(self, family: str, script: str) -> Tool:
        """Return the program at `script` below the family's `tools`. Raises `unknown-tool`, `bad-tool`."""
        known = self._tools.get((family, script))
        if known is None:
            known = self._tools[family, script] = self._closure(family, script)
        return known

    def _closure(self, family: str, script: str) -> Tool:
        folder = f"{self._roots[family]}/tools"
        if self._text(f"{folder}/{script}") is None:
            raise EtbuildError(Diagnostic("unknown-tool", f"family '{family}' has no tool '{script}'"))
        root = f"_exec/rules/{family}/tools"
        files = sorted(reachable([script], lambda file: self._imported(folder, file)))
        artifacts = {file: Artifact(f"{root}/{file}", location=f"{folder}/{file}") for file in files}
        return Tool(artifacts[script], InputSet(artifacts.values()), root)

    def _imported(self, folder: str, file: str) -> tuple[str, ...]:
        """Return the files below `folder` that `file` imports itself."""
        known = self._imports.get((folder, file))
        if known is None:
            found = (path for name in self._names(folder, file) for path in self._files_of(folder, name))
            known = self._imports[folder, file] = tuple(dict.fromkeys(found))
        return known

    def _names(self, folder: str, file: str) -> tuple[str, ...]:
        if not file.endswith(".py"):  # A shell script imports nothing.
            return ()
        from etbuild.analysis.imported_names import imported_names  # noqa: PLC0415 - ast: 2 ms, not for every build.

        return imported_names(self._text(f"{folder}/{file}") or "", file, f"{folder}/{file}")

    def _files_of(self, folder: str, module: str) -> Iterator[str]:
        """Yield the files that importing `module` runs: its packages' `__init__.py`, and its own."""
        path = ""
        for part in module.split("."):
            path = f"{path}/{part}" if path else part
            is_folder = self._text(f"{folder}/{path}") is None and f"{folder}/{path}" in self._folders
            if is_folder and self._text(f"{folder}/{path}/__init__.py") is not None:
                yield f"{path}/__init__.py"
            elif self._text(f"{folder}/{path}.py") is not None:
                yield f"{path}.py"
                return
            elif not is_folder:
                return

    def _text(self, path: str) -> str | None:
        if path not in self._texts:
            self._texts[path] = None
            try:
                self._texts[path] = self._read_text(path)
            except IsADirectoryError:
                self._folders.add(path)
            except FileNotFoundError:
                self._probed.add(path.rpartition("/")[0])
        return self._texts[path]
