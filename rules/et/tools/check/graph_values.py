"""Runs a graph node by node and returns what each gave, with its place in the model; compares nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree

from check.graph_runner import GraphRunner

PLUMBING = ("_assert", "sym_", "getitem", "_guards")
"""Nodes that compute nothing, by parts of their operators' names."""


@dataclass(frozen=True, slots=True)
class NodeValue:
    """What a node of the graph gave, and where the model asks for it."""

    name: str
    operator: str
    module: str
    line: str | None
    reads: tuple[str, ...]
    value: torch.Tensor

    @property
    def place(self) -> str:
        """The operator and its module, as people read them."""
        return f"{self.operator} of {self.module}" if self.module else self.operator


def trace_graph(graph: GraphRunner, calls: Sequence[tuple[Any, ...]]) -> tuple[NodeValue, ...]:
    """Return the values of the last of `calls`, in the graph's sequence; those before it bring the state about."""
    graph.reset()
    for call in calls[:-1]:
        graph.run(call)
    recorder = _Recorder(graph.module)
    args, kwargs = _pytree.tree_unflatten(calls[-1], graph.exported.call_spec.in_spec)
    flat = _pytree.tree_leaves((args, kwargs))
    with torch.no_grad():
        recorder.run(*flat)
    return tuple(recorder.values)


class _Recorder(torch.fx.Interpreter):
    """Keeps a copy of every tensor: later nodes may write into it."""

    def __init__(self, module: torch.fx.GraphModule) -> None:
        super().__init__(module)
        self.values: list[NodeValue] = []

    def run_node(self, node: torch.fx.Node) -> Any:
        """Run one node and keep what it gave."""
        result = super().run_node(node)
        for value in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(value, torch.Tensor) and node.op not in {"output", "get_attr"}:
                self.values.append(_node_value(node, value))
        return result


def _node_value(node: torch.fx.Node, value: torch.Tensor) -> NodeValue:
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    module = str(stack[-1][0]) if stack else ""
    reads = tuple(argument.name for argument in node.all_input_nodes)
    return NodeValue(node.name, operator_name(node), module, source_line(node), reads, value.detach().clone())


def operator_name(node: torch.fx.Node) -> str:
    """Return the operator as people write it: aten.linear, without its overload."""
    if node.op == "placeholder":
        return f"input {node.name}"
    text = str(node.target)
    return ".".join(text.split(".")[:2]) if text.count(".") >= 1 and "<" not in text else node.name


def source_line(node: torch.fx.Node) -> str | None:
    """Return the innermost `file:line` of the model's source; its folder is left out, being the machine's matter."""
    lines = [line.strip() for line in (node.meta.get("stack_trace") or "").splitlines()]
    files = [line for line in lines if line.startswith("File ")]
    if not files:
        return None
    path, _, rest = files[-1].removeprefix('File "').partition('", line ')
    return f"{path.rpartition('/')[2]}:{rest.partition(',')[0]}"
