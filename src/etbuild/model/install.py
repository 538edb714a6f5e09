"""Installation: what a target puts into a folder for other builds. Knows no folder and no build system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etbuild.model.artifact import Artifact
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label


@frozen
class InstalledArtifact:
    """A file, or a folder's files, below the folder."""

    kind: str
    """In a word, such as `header`, `library` or `program`."""
    path: str
    """Relative to the folder."""
    artifact: Artifact


@frozen
class Installation:
    """What one provider of a target comes to. Several of one target are added up."""

    files: tuple[InstalledArtifact, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    """Path and text of a file for a build system. Texts of several targets for one path follow each other, equal ones
    stand once."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """For the target's entry in the manifest: what JSON can hold."""
    reads: tuple[tuple[str, Artifact], ...] = ()
    """Facts that are known only once a JSON file exists: name and file."""


Installer = Callable[[Label, Any], Installation]
"""What a family says of targets that give a provider."""
