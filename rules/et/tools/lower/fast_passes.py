"""Leaves out passes over a whole program that have nothing to do, and a decomposition with nothing to decompose.

Most of ExecuTorch's passes execute the program again on fake tensors and change only some operators on the way. Where
none of these is in the program, executing it again gives what was there: a pass that always runs did it before.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from executorch.exir.pass_base import ExportPass
from executorch.exir.passes import memory_format_ops_pass as memory_format
from executorch.exir.passes.legalize_portable_dim_order_pass import LegalizePortableDimOrderPass
from executorch.exir.passes.normalize_transpose_pass import NormalizeTransposePass
from executorch.exir.passes.remove_mixed_type_operators import RemoveMixedTypeOperators
from executorch.exir.passes.replace_broken_ops_with_function_ops_pass import ReplaceBrokenOpsWithFunctionalOpsPass
from executorch.exir.passes.scalar_to_tensor_pass import ScalarToTensorPass
from executorch.exir.passes.sym_to_tensor_pass import SymToTensorPass
from torch.export import ExportedProgram
from torch.fx import GraphModule, Node
from torch.fx.passes.infra.pass_base import PassResult

from lower.patches import Patch

Trigger = Callable[[Node], bool]

ATEN = torch.ops.aten
PROMOTING = frozenset(
    (ATEN.add.Tensor, ATEN.mul.Tensor, ATEN.sub.Tensor, ATEN.div.Tensor, ATEN.div.Tensor_mode, ATEN.minimum.default)
)
"""What RemoveMixedTypeOperators looks at."""

SYMBOLIC = frozenset((ATEN.sym_size.int, ATEN.sym_stride.int, ATEN.sym_numel.default))
"""In every table of decompositions, yet traced as they are."""


def idle_passes_left_out() -> tuple[Patch, ...]:
    """Leave out each pass none of whose operators is in the program."""
    triggers: dict[type[ExportPass], Trigger] = {
        NormalizeTransposePass: lambda node: node.target == ATEN.t.default,
        ReplaceBrokenOpsWithFunctionalOpsPass: lambda node: getattr(node.target, "is_view", False),
        ScalarToTensorPass: _has_number_for_tensor,
        SymToTensorPass: _has_symbol_for_tensor,
        RemoveMixedTypeOperators: _may_promote,
        memory_format.MemoryFormatOpsPass: lambda node: node.target in memory_format.DimOrderOpsMap,
        LegalizePortableDimOrderPass: lambda node: node.target in LegalizePortableDimOrderPass._target_ops,
    }
    return tuple(
        Patch(each, "call", _call_if(each.call, trigger), is_new="call" not in vars(each))
        for each, trigger in triggers.items()
    )


def empty_decompositions_left_out() -> tuple[Patch, ...]:
    """Leave out a decomposition of a decomposed program, where none of its operators is in the table."""
    decomposed: weakref.WeakSet[ExportedProgram] = weakref.WeakSet()
    original = ExportedProgram.run_decompositions

    def run_decompositions(program: ExportedProgram, table: Any = None, **options: Any) -> ExportedProgram:
        if not options and program in decomposed and not _calls_any(program.graph_module, table):
            return program
        result = original(program, table, **options)
        if table:  # An empty one only makes the program functional.
            decomposed.add(result)
        return result

    return (Patch(ExportedProgram, "run_decompositions", run_decompositions),)


def _call_if(original: Callable[..., PassResult], trigger: Trigger) -> Callable[..., PassResult]:
    def call(pass_: ExportPass, module: GraphModule) -> PassResult:
        if _has_branches(module) or any(trigger(node) for node in _calls(module)):
            return original(pass_, module)
        return PassResult(module, False)

    return call


def _calls(module: GraphModule) -> Iterator[Node]:
    return (node for node in module.graph.nodes if node.op == "call_function")


def _calls_any(module: GraphModule, table: Mapping[Any, Any] | None) -> bool:
    return (
        table is None
        or _has_branches(module)
        or any(node.target in table and node.target not in SYMBOLIC for node in _calls(module))
    )


def _has_branches(module: GraphModule) -> bool:
    """Tell whether a conditional or a loop of the program holds graphs of its own."""
    return any(isinstance(child, GraphModule) for child in module.children())


def _tensor_arguments(node: Node) -> Iterator[Any]:
    """Yield the values that `node` gives for tensors."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return
    for index, argument in enumerate(schema.arguments):
        if "Tensor" in str(argument.type):
            value = node.args[index] if index < len(node.args) else node.kwargs.get(argument.name)
            yield from value if isinstance(value, (list, tuple)) else (value,)


def _has_number_for_tensor(node: Node) -> bool:
    return any(isinstance(value, (bool, int, float)) for value in _tensor_arguments(node))


def _has_symbol_for_tensor(node: Node) -> bool:
    symbols = (torch.SymInt, torch.SymFloat, torch.SymBool)
    values = (value for value in _tensor_arguments(node) if isinstance(value, Node))
    return any(isinstance(value.meta.get("val"), symbols) for value in values)


def _may_promote(node: Node) -> bool:
    """Tell whether operands of `node` may need a common dtype; equal floating ones need none."""
    if node.target not in PROMOTING:
        return False
    values = [arg.meta.get("val") if isinstance(arg, Node) else arg for arg in node.args]
    if not all(isinstance(value, torch.Tensor) and value.dtype.is_floating_point for value in values):
        return True
    return len({value.dtype for value in values}) != 1
