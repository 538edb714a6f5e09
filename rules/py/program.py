"""What py_test and py_tool share: a Python program with its files and its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar

from etbuild.api import (
    Artifact,
    Attrs,
    Dep,
    InputSet,
    Mount,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    Src,
    provides,
)


class ProgramAttrs(Attrs):
    """Attributes of Python programs."""

    main: Src
    """The file that is run."""

    srcs: tuple[Src, ...] = ()
    """Files beside it that it imports; its own folder and the workspace's packages are importable."""

    data: tuple[Src, ...] = ()
    """Files and targets that it reads; their paths are relative to its working folder."""

    args: tuple[str, ...] = ()
    """Words behind the file's name."""

    environment: Annotated[Dep, provides(PythonEnvironmentInfo)] | None = None
    """The Python environment; if not given, the workspace's toolchains offer one."""


ProgramAttrsT = TypeVar("ProgramAttrsT", bound=ProgramAttrs)


def environment_request(attrs: ProgramAttrs) -> tuple[Request, ...]:
    """Ask the toolchains for an environment unless the target names one."""
    return () if attrs.environment else (Request("python_environment"),)


@dataclass(frozen=True, slots=True)
class Program:
    """How a Python program is started."""

    argv: tuple[str | Artifact, ...]
    inputs: InputSet
    env: tuple[tuple[str, str], ...]
    mounts: tuple[Mount, ...]


def python_program(ctx: RuleContext[ProgramAttrsT]) -> Program:
    """Return how the program that these attributes describe is started."""
    attrs = ctx.attrs
    environment = (
        ctx.provider(attrs.environment, PythonEnvironmentInfo)
        if attrs.environment
        else ctx.toolchain("python_environment", PythonEnvironmentInfo)
    )
    main = ctx.file(attrs.main)
    return Program(
        argv=(environment.python, main, *attrs.args),
        inputs=InputSet((main, *ctx.files(attrs.srcs), *ctx.files(attrs.data))),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
    )


PYTHON_ENV = (
    ("ATEN_CPU_CAPABILITY", "default"),
    ("HF_HUB_OFFLINE", "1"),
    ("LC_ALL", "C.UTF-8"),
    ("OMP_NUM_THREADS", "1"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONHASHSEED", "0"),
    ("PYTHONPATH", "."),
    ("TZ", "UTC"),
)
"""Every Python action's environment: what a library makes random or machine-dependent is pinned down."""
