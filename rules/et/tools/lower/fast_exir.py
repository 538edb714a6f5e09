"""Lowers without repeating work, for every backend: torch's and ExecuTorch's own cost, not the kernels'.

Each replacement leaves the graphs, and so the program's bytes, as they were; a test lowers with and without.
- collection: the garbage collector walks millions of live nodes again and again, and finds nothing.
- provenance: each pass deep-copies each node's whole history; a history is never changed, so it can be shared.
- code: each pass generates and compiles a graph's Python code; it is made when it is first called, which is rare.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch.fx import GraphModule
from torch.fx.graph import _PyTreeCodeGen
from torch.fx.traceback import NodeSource

from lower.fast_passes import empty_decompositions_left_out, idle_passes_left_out
from lower.patches import Patch, known_versions, patched

COLLECT_EVERY = 500_000
"""Objects made between two looks at the young ones; Python's own 700 costs a fifth of a lowering."""


@contextmanager
def without_repeated_work(backend_patches: Sequence[Patch] = ()) -> Iterator[None]:
    """Apply the replacements within the context, and those of a backend."""
    if not known_versions():
        yield
        return
    own = (*shared_provenance(), *code_on_demand(), *idle_passes_left_out(), *empty_decompositions_left_out())
    with collecting_rarely(), patched((*own, *backend_patches)):
        yield


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Let the garbage collector look seldom, and never at what was there before."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def shared_provenance() -> tuple[Patch, ...]:
    """Share the history of nodes between copies of them."""
    return (Patch(NodeSource, "__deepcopy__", lambda source, _memo: source, is_new=True),)


def code_on_demand() -> tuple[Patch, ...]:
    """Generate a graph module's code when its forward or its code is first asked for."""
    return (
        Patch(GraphModule, "recompile", _recompile_later),
        Patch(GraphModule, "code", property(_code)),
        Patch(GraphModule, "print_readable", lambda *_args, **_kwargs: ""),
    )


_recompile_now = GraphModule.recompile
_generated_code = GraphModule.code.fget


class _ForwardOnDemand:
    """Stands for the forward of one graph module: each has a class of its own."""

    def __init__(self, module: GraphModule) -> None:
        self.module = weakref.ref(module)

    def __get__(self, instance: GraphModule | None, owner: type) -> Any:
        module = instance if instance is not None else self.module()
        _recompile_now(module)
        return vars(owner)["forward"].__get__(instance, owner)


def _recompile_later(module: GraphModule) -> None:
    codegen = module._graph._codegen
    if isinstance(codegen, _PyTreeCodeGen):
        module._in_spec = codegen.pytree_info.in_spec
        module._out_spec = codegen.pytree_info.out_spec
    owner = type(module)
    if "_wrapped_call" in vars(owner):
        owner.forward = _ForwardOnDemand(module)
    else:
        _recompile_now(module)  # The first one also makes the class callable.


def _code(module: GraphModule) -> str:
    if isinstance(vars(type(module)).get("forward"), _ForwardOnDemand):
        _recompile_now(module)
    return _generated_code(module)  # type: ignore[no-any-return]
