"""Workspace: what a WORKSPACE file says, as a value. Knows nothing of how it is read."""

from __future__ import annotations

from collections.abc import Mapping

from etbuild.model.diagnostics import Span
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label
from etbuild.model.repository import Repository
from etbuild.model.rule import Family

OWN_REPOSITORY = "etbuild"
"""The name of the repository that etbuild itself stands in."""


@frozen
class Workspace:
    """The tree below a WORKSPACE file."""

    root: str
    """Absolute path."""
    name: str
    roots: Mapping[str, str]
    """Package prefix to folder below `root`, such as {"": ".", "models": "model_specs/models"}."""
    families: tuple[Family, ...] = ()
    toolchains: tuple[Label, ...] = ()
    """In order of preference."""
    repositories: Mapping[str, Repository] = field(default_factory=dict)
    """By name; `etbuild` itself is among them unless it is this workspace."""
    inherited: Mapping[str, Repository] = field(default_factory=dict, compare=False, repr=False)
    """Those of etbuild's own workspace that this one does not declare: etbuild's packages name them."""
    configs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`--config` name to flags."""
    cache: str = ""
    """A cache folder that WORKSPACE asks for; empty for the user's own."""
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
    read: tuple[str, ...] = field(default=(), compare=False)
    """Absolute paths of the files that made this value: WORKSPACE, lock, the families' files."""

    def repository(self, name: str) -> Repository | None:
        """Return what stands behind @name, if anything does."""
        return self.repositories.get(name) or self.inherited.get(name)

    def name_in(self, repository: str) -> str:
        """Return what a repository's packages call this workspace: etbuild's own, and what it declares, know none."""
        declared = repository in self.repositories and repository != OWN_REPOSITORY
        return self.name if declared or not repository else ""

    def package_in(self, folder: str) -> str:
        """Return the package that a folder below the root is or would be; the deepest root decides."""
        roots = [(root if root != "." else "", prefix) for prefix, root in self.roots.items()]
        inside = [each for each in roots if not each[0] or f"{folder}/".startswith(f"{each[0]}/")]
        root, prefix = max(inside, default=("", ""))
        return f"{prefix}/{folder[len(root) :].strip('/')}".strip("/")
