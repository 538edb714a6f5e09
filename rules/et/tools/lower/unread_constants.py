"""Drops constants of edge programs that no operator reads: rewritten layers leave their old weights behind."""

from __future__ import annotations

from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

CONSTANTS = {InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR}


def drop_unread_constants(program: ExportedProgram) -> None:
    """Take them out of the graph, its signature and its state, in place: a program would hold each of them."""
    signature, graph = program.graph_signature, program.graph_module.graph
    written = set(signature.buffers_to_mutate.values())
    unread = {node.name: node for node in graph.nodes if node.op == "placeholder" and not node.users}
    dropped = [
        spec
        for spec in signature.input_specs
        if spec.kind in CONSTANTS and spec.arg.name in unread and spec.target not in written
    ]
    for spec in dropped:
        signature.input_specs.remove(spec)
        graph.erase_node(unread[spec.arg.name])
    kept = {spec.target for spec in signature.input_specs}
    for spec in dropped:
        if spec.target not in kept:
            program.state_dict.pop(spec.target, None)
            program.constants.pop(spec.target, None)
    program.graph_module.recompile()
