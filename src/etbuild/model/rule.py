"""Rule, Family and the providers that the engine itself knows. Knows not which rules exist; registers nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from etbuild.model.action import Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.frozen import field, frozen
from etbuild.model.install import Installer
from etbuild.model.toolchain import Request

if TYPE_CHECKING:
    from etbuild.model.attrs import Attrs

AttrsT = TypeVar("AttrsT", bound="Attrs")
API_VERSION = 1


class Provider:
    """Base of typed facts that a configured target gives its dependents: frozen dataclasses named `…Info`."""

    __slots__ = ()


@frozen
class DefaultInfo(Provider):
    """What a target is for anyone: the files that are placed when it is built."""

    files: tuple[Artifact, ...] = ()
    validations: tuple[Artifact, ...] = ()
    """Verdicts: `files` are placed, installed or used by others only once these exist."""
    beside: tuple[Artifact, ...] = ()
    """Placed too when the target itself is requested: reports, not what dependents mean by it."""
    names: tuple[tuple[Artifact, str], ...] = ()
    """Under which file name in the package's output folder an artifact is placed, where not under its own."""
    summary: Artifact | None = None
    """A JSON file {"lines": [text, …], "short": text} for the build's summary."""


@frozen
class RunInfo(Provider):
    """How `etbuild run` starts it: outside the sandbox, in the user's folder."""

    argv: tuple[str | Artifact, ...]
    inputs: InputSet = field(default_factory=InputSet)
    env: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()


@frozen
class TestInfo(Provider):
    """How `etbuild test` runs it: an action that passes with exit code 0."""

    __test__ = False  # Keeps pytest from taking it for a test.

    argv: tuple[str | Artifact, ...]
    inputs: InputSet = field(default_factory=InputSet)
    env: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()
    timeout: int = 0
    """In seconds; 0 for none."""
    worker: str = ""


@frozen
class TestSuiteInfo(Provider):
    """A target that stands for others when tests are asked for."""

    __test__ = False


@frozen
class PythonEnvironmentInfo(Provider):
    """A locked Python environment, as a mount."""

    mount: Mount
    python: str
    """The interpreter's path inside an action."""


@frozen
class Rule(Generic[AttrsT]):
    """A kind of target: a schema and a pure function."""

    name: str
    attrs: type[AttrsT]
    implementation: Callable[[Any], Sequence[Provider]] = field(compare=False)
    toolchains: Callable[[AttrsT], tuple[Request, ...]] = field(compare=False, default=lambda _attrs: ())
    """What it needs, from its checked attributes."""
    toolchain_type: str = ""
    """Set where its targets are toolchains of this type: they have `features` and `…_compatible_with` attributes."""
    family: str = ""
    """The family's name: set when the family is loaded."""
    provides: tuple[type[Provider], ...] = ()
    """What its targets give for certain: analysis holds it to that, and names it to who needs such a target."""
    outs: str = ""
    """The attribute that lists the files its targets make, if one does: each is named like a target, //package:file."""

    @property
    def doc(self) -> str:
        """The implementation's docstring."""
        return self.implementation.__doc__ or ""


def rule(
    *,
    attrs: type[AttrsT],
    toolchains: Callable[[AttrsT], tuple[Request, ...]] = lambda _attrs: (),
    toolchain_type: str = "",
    provides: tuple[type[Provider], ...] = (),
    outs: str = "",
) -> Callable[[Callable[[Any], Sequence[Provider]]], Rule[AttrsT]]:
    """Make a Rule of a function `(RuleContext) -> providers`; the rule has the function's name. Registers nothing."""

    def make(implementation: Callable[[Any], Sequence[Provider]]) -> Rule[AttrsT]:
        return Rule(
            implementation.__name__, attrs, implementation, toolchains, toolchain_type, provides=provides, outs=outs
        )

    return make


@frozen
class Command:
    """A verb that a family adds to the command line: a program of the family's, run by the tool's own Python."""

    name: str
    help: str
    program: str
    """Below the family's `tools`, such as `pte/inspect.py`."""


@frozen
class Family:
    """A folder of `rules/`: its `__init__.py` holds one Family under the name FAMILY."""

    name: str
    api: int
    requires: tuple[str, ...] = ()
    """Families whose providers and actions it imports."""
    rules: tuple[Rule[Any], ...] = ()
    commands: tuple[Command, ...] = ()
    installers: tuple[tuple[type[Provider], Installer], ...] = ()
    """What `etbuild install` takes of targets that give a provider."""
    root: str = field(default="", compare=False)
    """The folder's absolute path: set when it is loaded."""
