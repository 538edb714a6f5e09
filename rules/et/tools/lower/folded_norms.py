"""Folds batch norms into the convolutions before them, which then scale and shift by themselves; knows no backend.

The program holds no more tensors than before: the convolution's new bias takes the place of one that is not read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.fx import Node

BATCH_NORM = torch.ops.aten.batch_norm.default
CONVOLUTIONS = (torch.ops.aten.conv1d.default, torch.ops.aten.conv2d.default, torch.ops.aten.conv3d.default)
DTYPES = {torch.float32, torch.float64}
"""Where rounding the products once more is within what the order of additions changes."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A convolution and the norm after it."""

    convolution: Node
    norm: Node
    bias: Node
    """What holds the convolution's bias from then on."""


def fold_batch_norms(program: ExportedProgram) -> None:
    """Fold, in place, each batch norm that can be."""
    for norm in list(program.graph.nodes):
        if norm.op == "call_function" and norm.target is BATCH_NORM:
            for fold in _folds(program, norm):
                _change_values(program, fold)
                _remove_norm(program, fold)
    program.graph_module.recompile()


def _folds(program: ExportedProgram, norm: Node) -> Iterator[Fold]:
    """Yield the fold of this norm, if there is one: the convolution's result and weights must serve nothing else."""
    convolution, scale, shift, mean, variance, is_training = norm.args[:6]
    if convolution.target not in CONVOLUTIONS or len(convolution.users) != 1 or is_training:
        return
    weight, bias = convolution.args[1], _argument(convolution, 2)
    if any(each is not None and _value(program, each) is None for each in (weight, bias, scale, shift)):
        return
    if None in (_value(program, mean), _value(program, variance)) or len(weight.users) != 1:
        return
    homes = [each for each in (bias, shift, mean) if each is not None and len(each.users) == 1]
    dtypes = {_value(program, each).dtype for each in (weight, *homes)}
    if homes and len(dtypes) == 1 and dtypes <= DTYPES:
        yield Fold(convolution, norm, homes[0])


def _argument(node: Node, index: int) -> Node | None:
    return node.args[index] if len(node.args) > index else None


def _name(program: ExportedProgram, node: Node | None) -> str | None:
    """Return the name of the parameter or buffer that `node` stands for; none where it can change or is neither."""
    signature = program.graph_signature
    if node is None or node.op != "placeholder":
        return None
    name = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}.get(node.name)
    return None if name in signature.buffers_to_mutate.values() else name


def _value(program: ExportedProgram, node: Node | None) -> Any:
    return program.state_dict.get(_name(program, node))


def _change_values(program: ExportedProgram, fold: Fold) -> None:
    weight = fold.convolution.args[1]
    _, scale, shift, mean, variance = fold.norm.args[:5]
    factor = (_double(program, variance) + fold.norm.args[7]).rsqrt() * _double(program, scale, 1.0)
    bias = _double(program, _argument(fold.convolution, 2), 0.0) - _double(program, mean)
    kernel = _double(program, weight)
    rows = factor.view(-1, *[1] * (kernel.dim() - 1))
    for node, value in ((weight, kernel * rows), (fold.bias, bias * factor + _double(program, shift, 0.0))):
        changed = value.to(_value(program, node).dtype)
        is_parameter = node.name in program.graph_signature.inputs_to_parameters
        program.state_dict[_name(program, node)] = torch.nn.Parameter(changed, False) if is_parameter else changed


def _double(program: ExportedProgram, node: Node | None, otherwise: float | None = None) -> Any:
    return otherwise if node is None else _value(program, node).double()


def _remove_norm(program: ExportedProgram, fold: Fold) -> None:
    convolution, norm = fold.convolution, fold.norm
    source, weight, *rest = convolution.args
    convolution.args = (source, weight, fold.bias, *rest[1:])
    convolution.meta = {**norm.meta, "stack_trace": convolution.meta.get("stack_trace")}
    norm.replace_all_uses_with(convolution)
    program.graph_signature.replace_all_uses(norm.name, convolution.name)
    program.graph.erase_node(norm)
