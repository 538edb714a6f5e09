"""BuildRequest and Settings: what a user asks for and how it is to be done. Knows nothing of command lines."""

from __future__ import annotations

from etbuild.model.frozen import frozen


@frozen
class Settings:
    """How a build is done; none of it is in a key but `platforms` and `mode`."""

    cache: str
    """The cache folder's absolute path."""
    platforms: tuple[str, ...] = ()
    """Labels or short names; empty for the host."""
    mode: str = "fastbuild"
    jobs: int = 0
    """How many actions at once; 0 for as many as the machine has cores."""
    keep_going: bool = False
    sandbox: str = "auto"
    sandbox_debug: bool = False
    offline: bool = False
    workers: bool = True


@frozen
class BuildRequest:
    """What to build, and whether to test it."""

    patterns: tuple[str, ...]
    settings: Settings
    test: bool = False
    runs: int = 1
    """How often each test runs; more than once, none is taken from the cache."""
    filter: str = ""
    """A part of the labels of the tests that are meant."""
