"""How the programs in `tools` are started; argv only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from etbuild.api import Artifact, Entry, RuleContext

Flags = tuple[str | Artifact, ...]

PYTHON_ENV = {
    "ATEN_CPU_CAPABILITY": "default",
    "HF_HUB_OFFLINE": "1",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}
"""Every program's environment: what a library makes random or machine-dependent is pinned down."""

GENERATED_COPTS = ("-fno-exceptions",)
"""Of C++ that is generated: it throws nothing, and needs no tables for unwinding."""

WORKER = "torch,torch.export,transformers,executorch.exir,executorch.backends.xnnpack.partition.xnnpack_partitioner"
"""What programs that need torch have imported before they start, in a warm worker."""

ARM_WORKER = "torch,torch.export,executorch.exir,executorch.backends.cortex_m.passes.cortex_m_pass_manager"
"""The same, of programs that lower for Arm's microcontrollers."""


def operators_env(ctx: RuleContext[Any]) -> dict[str, tuple[Artifact, ...]]:
    """Return what tells programs of a target's own operators, which they load before they read a graph or run one."""
    files = own_operators(ctx)
    return {"ETBUILD_OPERATORS": files} if files else {}


def own_operators(ctx: RuleContext[Any]) -> tuple[Artifact, ...]:
    """Return what defines a target's own operators."""
    return ctx.files(ctx.attrs.operators, for_exec=True)


def repeated(flag: str, values: Iterable[str | Artifact]) -> Flags:
    """Return `flag value` for each value."""
    return tuple(word for value in values for word in (flag, value))


def entry_flags(flag: str, ctx: RuleContext[Any], entries: Iterable[Entry]) -> tuple[Flags, tuple[Artifact, ...]]:
    """Return `flag path:function` for each entry point, and the files that hold them."""
    files = [(ctx.file(entry.file), entry.function) for entry in entries]
    return repeated(flag, [f"{file.path}:{function}" for file, function in files]), tuple(file for file, _ in files)


def json_word(value: object) -> str:
    """Return a value as one canonical word of a command line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def spec_digest(
    flags: Sequence[str | Artifact], data: Iterable[Artifact] = (), operators: Iterable[Artifact] = ()
) -> str:
    """Return what names the outputs of a command: a digest of its words, and of the files that it is given beside them.

    `data` is a set of files, `operators` a sequence: they are loaded in order.
    """
    beside = (*repeated("data", sorted(file.path for file in data)), *repeated("operators", operators))
    words = [flag.path if isinstance(flag, Artifact) else flag for flag in (*flags, *beside)]
    return hashlib.sha256(json_word(words).encode()).hexdigest()[:16]
