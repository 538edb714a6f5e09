"""Has a program begin with the state that its model begins with; knows no backend."""

from __future__ import annotations

from torch.export import ExportedProgram


def keep_initial_state(program: ExportedProgram) -> None:
    """Mark the buffers that a model writes and that are not zero at first: others would begin as zeros, too."""
    signature = program.graph_signature
    written = set(signature.buffers_to_mutate.values())
    values = {**program.constants, **program.state_dict}
    for node in program.graph.nodes:
        buffer = signature.inputs_to_buffers.get(node.name) if node.op == "placeholder" else None
        if buffer in written and bool(values[buffer].any()):
            node.meta["et_init_buffer"] = True
