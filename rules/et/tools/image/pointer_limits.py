"""Refuses programs whose tensors or memory do not fit into what a processor's pointers reach. Lays out nothing."""

from __future__ import annotations

from collections.abc import Iterator

from common.diagnostics import Diagnostic, UserError
from pte.program import Method, Program, Tensor


def check(name: str, program: Program, bits: int) -> None:
    """Raise `too-large-for-pointers` for all that is too large: differences of pointers are signed."""
    limit = (1 << (bits - 1)) - 1
    found = [
        f"'{method.name}' of '{name}' must have {what}" for method in program.methods for what in _of(method, limit)
    ]
    if program.file_bytes > limit:
        found.append(f"'{name}' must have up to {_gib(limit)}, has {_gib(program.file_bytes)}")
    if found:
        hint = "build for a processor of 64 bits, or bound the model's inputs lower"
        raise UserError(
            *(Diagnostic("too-large-for-pointers", each, attribute="programs", hint=hint) for each in found)
        )


def _of(method: Method, limit: int) -> Iterator[str]:
    most = f"up to {_gib(limit)} where pointers have 32 bits"
    for at, value in enumerate(method.values):
        if isinstance(value, Tensor) and value.nbytes > limit:
            form = f"{value.dtype}[{', '.join(map(str, value.sizes))}]"
            yield f"tensors of {most}, has {form} ({_gib(value.nbytes)}), value {at}"
            return
    for memory_id, size in enumerate(method.buffer_sizes):
        if size > limit:
            yield f"planned memory of {most}, has {_gib(size)} (id {memory_id})"


def _gib(nbytes: int) -> str:
    return f"{nbytes / (1 << 30):.1f} GiB"
