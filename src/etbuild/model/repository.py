"""Repository: what a `[[repository]]` of WORKSPACE asks for, as a value. Knows nothing of how it is fetched."""

from __future__ import annotations

from etbuild.model.diagnostics import Span
from etbuild.model.frozen import field, frozen

KINDS = ("pypi", "npm", "archive", "git", "url", "local", "deb")


@frozen
class Repository:
    """Files from outside the workspace, seen as packages of @name."""

    name: str
    kind: str
    """One of KINDS."""
    package: str = ""
    """For pypi, npm and deb: the registry's name of it."""
    version: str = ""
    platform: str = ""
    """For pypi: the wheel's platform, such as manylinux_2_28_aarch64; this machine's if empty."""
    sdist: bool = False
    """For pypi: the source distribution, whether or not there is a wheel."""
    url: str = ""
    """For url, archive and git."""
    files: tuple[str, ...] = ()
    """For url: names below the address, if it is that of a folder."""
    commit: str = ""
    """For git: 40 hexadecimal digits."""
    submodules: bool = False
    """For git: whether they belong to it."""
    strip_prefix: str = ""
    """For what is unpacked: a folder of it that becomes the repository's root."""
    path: str = ""
    """For local: an absolute folder outside the workspace."""
    build_file: str = ""
    """A BUILD.toml of the workspace that becomes the repository's root package."""
    span: Span | None = field(default=None, compare=False)

    @property
    def intent(self) -> str:
        """What decides which files are pinned, in words: it stands in the lock beside them.

        Without `files`, which are the lock's lines, and without a commit's address: it is the same everywhere.
        """
        url = "" if self.kind == "git" else self.url
        flags = ("sdist" * self.sdist, "submodules" * self.submodules)
        words = (self.kind, self.package, url, self.version, self.commit, *flags, self.platform)
        return " ".join(word for word in words if word)
