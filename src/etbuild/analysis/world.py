"""World: what analysis may ask of the machine, as a value. Knows nothing of how the answers come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etbuild.model.action import Mount
from etbuild.model.attrs import Attrs
from etbuild.model.frozen import frozen
from etbuild.model.host import Host
from etbuild.model.label import Label
from etbuild.model.lock import EnvironmentIntent
from etbuild.model.target import TargetSpec

CheckAttrs = Callable[[TargetSpec, Mapping[str, Any]], Attrs]


@frozen
class World:
    """The machine, as far as analysis sees it."""

    host: Host
    environment_mount: Callable[[str, EnvironmentIntent, Label], Mount]
    """The Python environment that a lock file of this absolute path describes; an error if it is not of the label's."""
    system_mount: Callable[[tuple[str, ...], tuple[str, ...]], Mount]
    """The machine's own programs, keyed by these and by these packages. Raises LookupError, the name of what lacks."""
    repository_mount: Callable[[str, tuple[str, ...]], Mount]
    """The folder of a repository, by its name; these programs of it are there, if it lies on this machine already.
    Raises LookupError, the path of what lacks."""
    read_text: Callable[[str], str]
    """A file's text by absolute path; FileNotFoundError where there is none, IsADirectoryError for a folder."""
    check_attrs: CheckAttrs
    """A target's raw attributes, all selects resolved, to its schema. Raises EtbuildError."""
