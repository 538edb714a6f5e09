r"""Writes a thousand random programs, and what belongs to them, into one file: the same ones for the same seed.

    write_programs.py OUT.programs [--count 1000] [--seed 5]

The file: the text "ETPROGRAMS 1\n" and a count; of each program the sizes of its name, of its `.pte` and of the `.ptd`
beside it, then these three. Numbers are 64-bit, little endian.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch
from broken_programs import CHANGES, DAMAGES
from executorch.exir import schema
from executorch.exir._serialize._flatbuffer_program import _program_to_flatbuffer
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
from executorch.exir._serialize.data_serializer import DataEntry, DataPayload
from executorch.exir.tensor_layout import TensorLayout
from executorch.extension.flat_tensor.serialize.serialize import FlatTensorSerializer
from plan_builder import DTYPES, Data, Node, PlanBuilder
from random_programs import KINDS, Methods

MAGIC = b"ETPROGRAMS 1\n"
Entry = tuple[str, bytes, bytes]


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    entries = list(broken())
    for kind, share in KINDS.items():
        wanted = share * given.count // 1000
        entries += (random_entry(f"{kind.__name__}_{number}", kind, given.seed) for number in range(wanted))
    first = next(kind for kind in KINDS)
    entries += (random_entry(f"more_{n}", first, given.seed) for n in range(given.count - len(entries)))
    with given.out.open("wb") as file:
        file.write(MAGIC + len(entries).to_bytes(8, "little"))
        for name, program, beside in entries:
            parts = (name.encode(), program, beside)
            file.write(b"".join(len(part).to_bytes(8, "little") for part in parts) + b"".join(parts))


def random_entry(name: str, kind: Methods, seed: int) -> Entry:
    """Return the program of this name."""
    random = Random(f"{seed}/{name}")
    plans, data = kind(random)
    return name, serialized(program_of(plans, data), data), flat_tensor(data)


def program_of(plans: list[PlanBuilder], data: Data) -> schema.Program:
    """Return these methods as a program."""
    return schema.Program(
        version=0,
        execution_plan=[plan.plan() for plan in plans],
        constant_buffer=[schema.Buffer(content) for content in data.constants],
        backend_delegate_data=[],
        segments=[],
        constant_segment=schema.SubsegmentOffsets(0, []),
    )


def serialized(program: schema.Program, data: Data) -> bytes:
    """Return the file, with segments for constants, states and named data."""
    states = [schema.Buffer(content) for content in data.states] if len(data.states) > 1 else None
    entries = {key: DataEntry(index, 16, None) for index, key in enumerate(data.named)}
    named = NamedDataStoreOutput(list(data.named.values()), entries, {}) if entries else None
    return bytes(serialize_pte_binary(PTEFile(program, states, named)))


def inlined(program: schema.Program) -> bytes:
    """Return the file with constants inside of the program, as old ones have them."""
    return bytes(_program_to_flatbuffer(program).data)


def flat_tensor(data: Data) -> bytes:
    """Return the `.ptd` file, or nothing."""
    if not data.external:
        return b""
    contents = [content for content, _ in data.external.values()]
    entries = {
        name: DataEntry(index, 16, TensorLayout(DTYPES[node.dtype], list(node.sizes), list(node.order)))
        for index, (name, (_, node)) in enumerate(data.external.items())
    }
    return bytes(FlatTensorSerializer().serialize(DataPayload(contents, entries)))


def broken() -> Iterator[Entry]:
    """Yield what breaks a rule of a small program, and what damages its file."""
    data = Data()
    plan = PlanBuilder("forward", data)
    x = plan.tensor(torch.float32, [2, 3])
    plan.inputs.append(x.index)
    constant = plan.constant(torch.arange(6.0).reshape(2, 3))
    [total] = plan.call("add.out", torch.ops.aten.add.Tensor, x, constant)
    state = plan.state(torch.ones(2, 3), "state")
    [result] = plan.call("mul.out", torch.ops.aten.mul.Tensor, total, state)
    plan.kernel("aten::copy_", "", [state.index, total.index, plan.scalar(False), state.index])
    plan.outputs.append(result.index)
    valid = program_of([plan], data)
    yield "broken_nothing", serialized(valid, data), b""
    for name, change in CHANGES.items():
        program = copy.deepcopy(valid)
        change(program)
        yield f"broken_{name}", serialized(program, data), b""
    for name, segment, buffers in (
        ("constants_inline", schema.SubsegmentOffsets(0, []), [b"", bytes(24)]),
        ("constants_inline_alone", None, [b"", bytes(24)]),
        ("constants_inline_reserved", None, [b""]),
        ("constants_nowhere", None, []),
        ("constants_empty", schema.SubsegmentOffsets(0, []), []),
        ("constants_only_reserved", schema.SubsegmentOffsets(0, [0]), []),
        ("constants_only_reserved_far", schema.SubsegmentOffsets(5, [0]), []),
        ("constants_segment_far", schema.SubsegmentOffsets(5, [0, 0]), []),
        ("constants_twice", schema.SubsegmentOffsets(0, [0]), [b"", bytes(24)]),
    ):
        plan = PlanBuilder("forward", Data())
        plan.inputs.append(plan.tensor(torch.float32, [2]).index)
        plan.outputs += [
            node.index for node in plan.call("neg.out", torch.ops.aten.neg, Node(0, torch.float32, (2,), (0,)))
        ]
        program = program_of([plan], Data())
        program.constant_segment, program.constant_buffer = segment, [schema.Buffer(content) for content in buffers]
        yield f"broken_{name}", inlined(program), b""
    for name, damage in DAMAGES.items():
        yield f"damaged_{name}", damage(serialized(valid, data)), b""


if __name__ == "__main__":
    main()
