"""Programs that break one rule each, and what files can be damaged like.

A change is a function of a valid program; the runtime must answer with an error, at load or later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from executorch.exir import schema
from executorch.exir.schema import (
    AllocationDetails,
    DelegateCall,
    EValue,
    FreeCall,
    Instruction,
    IntList,
    JumpFalseCall,
    KernelCall,
    MoveCall,
    Program,
)

Change = Callable[[Program], Any]
FAR = 100_000
DELEGATE = schema.BackendDelegate("NoSuchBackend", schema.BackendDelegateDataReference(0, 0), [])


def _tensor(program: Program, *, planned: bool | None = None) -> schema.Tensor:
    """Return the first tensor, or the first that is planned, or a constant."""
    for value in program.execution_plan[0].values:
        if isinstance(value.val, schema.Tensor) and planned in (None, value.val.allocation_info is not None):
            return value.val
    raise LookupError


def _tensors(field: str, value: Any, *, planned: bool | None = None) -> Change:
    return lambda program: setattr(_tensor(program, planned=planned), field, value)


def _instructions(program: Program) -> list[Instruction]:
    return program.execution_plan[0].chains[0].instructions


def _call(program: Program) -> KernelCall:
    return next(i.instr_args for i in _instructions(program) if isinstance(i.instr_args, KernelCall))


def _instruction(instruction: Any) -> Change:
    return lambda program: _instructions(program).insert(0, Instruction(instruction))


def _plan(field: str, value: Any) -> Change:
    return lambda program: setattr(program.execution_plan[0], field, value)


def _argument(place: int, index: int) -> Change:
    return lambda program: _call(program).args.__setitem__(place, index)


def _argument_value(place: int, value: Any) -> Change:
    def change(program: Program) -> None:
        values = program.execution_plan[0].values
        values.append(EValue(value))
        _call(program).args[place] = len(values) - 1

    return change


def _added(value: Any) -> Change:
    return lambda program: program.execution_plan[0].values.append(EValue(value))


def _delegate(change: Callable[[schema.ExecutionPlan], Any]) -> Change:
    def changed(program: Program) -> None:
        program.execution_plan[0].delegates.append(DELEGATE)
        change(program.execution_plan[0])

    return changed


def _calls_arguments(change: Callable[[list[int]], Any]) -> Change:
    return lambda program: change(_call(program).args)


def _place(memory_id: int, low: int, high: int = 0) -> Change:
    return _tensors("allocation_info", AllocationDetails(memory_id, low, high), planned=True)


CHANGES: dict[str, Change] = {
    "argument_far": _argument(0, FAR),
    "argument_negative": _argument(0, -1),
    "arguments_none": _calls_arguments(list.clear),
    "arguments_one_less": _calls_arguments(list.pop),
    "arguments_one_more": _calls_arguments(lambda args: args.append(args[-1])),
    "argument_null_value": _argument_value(0, schema.Null()),
    "argument_int_for_tensor": _argument_value(0, schema.Int(3)),
    "argument_string_for_tensor": _argument_value(0, schema.String("x")),
    "argument_null_out": _argument_value(-1, schema.Null()),
    "operator_far": lambda program: setattr(_call(program), "op_index", FAR),
    "operator_negative": lambda program: setattr(_call(program), "op_index", -1),
    "operator_missing": _plan("operators", [schema.Operator("aten::no_such_operator", "out")] * 40),
    "operator_missing_overload": _plan("operators", [schema.Operator("aten::add", "no_such_overload")] * 40),
    "operator_empty_name": _plan("operators", [schema.Operator("", "")] * 40),
    "operator_long_name": _plan("operators", [schema.Operator("aten::" + "a" * 1000, "out")] * 40),
    "operators_none": _plan("operators", []),
    "operator_unused_missing": lambda p: p.execution_plan[0].operators.append(schema.Operator("aten::nothing", "out")),
    "jump_far": _instruction(JumpFalseCall(0, FAR)),
    "jump_negative": _instruction(JumpFalseCall(0, -1)),
    "jump_condition_far": _instruction(JumpFalseCall(FAR, 0)),
    "jump_condition_negative": _instruction(JumpFalseCall(-1, 0)),
    "jump_condition_tensor": _instruction(JumpFalseCall(0, 1)),
    "move_from_far": _instruction(MoveCall(FAR, 0)),
    "move_to_far": _instruction(MoveCall(0, FAR)),
    "move_negative": _instruction(MoveCall(-1, -1)),
    "move_to_other_kind": lambda p: _moved(p, schema.Null()),
    "move_to_other_scalar": lambda p: _moved(p, schema.Int(3), schema.Bool(True)),
    "free_far": _instruction(FreeCall(FAR)),
    "free_negative": _instruction(FreeCall(-1)),
    "delegate_far": _instruction(DelegateCall(0, [0])),
    "delegate_unknown": _delegate(lambda _: None),
    "delegate_unknown_called": _delegate(
        lambda plan: plan.chains[0].instructions.insert(0, Instruction(DelegateCall(0, [0])))
    ),
    "input_far": lambda program: program.execution_plan[0].inputs.append(FAR),
    "input_negative": lambda program: program.execution_plan[0].inputs.append(-1),
    "output_far": lambda program: program.execution_plan[0].outputs.append(FAR),
    "output_negative": lambda program: program.execution_plan[0].outputs.append(-1),
    "dim_order_repeated": _tensors("dim_order", [0, 0]),
    "dim_order_far": _tensors("dim_order", [0, 7]),
    "dim_order_short": _tensors("dim_order", [0]),
    "dim_order_long": _tensors("dim_order", [0, 1, 2]),
    "dim_order_empty": _tensors("dim_order", []),
    "storage_offset": _tensors("storage_offset", 1),
    "storage_offset_negative": _tensors("storage_offset", -4),
    "size_negative": _tensors("sizes", [-2, 3]),
    "sizes_overflow": _tensors("sizes", [2**31 - 1, 2**31 - 1]),
    "sizes_overflow_of_three": lambda p: _sizes(p, [2**31 - 1] * 3),
    "sizes_large": _tensors("sizes", [2000, 3000]),
    "sizes_too_many": lambda p: _sizes(p, [1] * 17),
    "sizes_many": lambda p: _sizes(p, [1] * 200),
    "sizes_empty": lambda p: _sizes(p, []),
    "layout_sparse": _tensors("layout", 1),
    "dtype_quantized": _tensors("scalar_type", 12),
    "dtype_complex": _tensors("scalar_type", 9),
    "dtype_bits16": _tensors("scalar_type", 22),
    "dtype_unsigned16": _tensors("scalar_type", 27),
    "dtype_unknown": _tensors("scalar_type", 99),
    "dtype_negative": _tensors("scalar_type", -1),
    "dynamism_unknown": _tensors("shape_dynamism", 9),
    "memory_id_zero": _place(0, 0),
    "memory_id_far": _place(9, 0),
    "memory_id_huge": _place(2**32 - 1, 0),
    "memory_offset_far": _place(1, 2**31),
    "memory_offset_at_end": _place(1, 10_000),
    "memory_offset_high": _place(1, 0, 1),
    "memory_offset_wraps": _place(1, 2**32 - 1, 2**32 - 1),
    "memory_offset_odd": _place(1, 1),
    "constant_far": _tensors("data_buffer_idx", FAR, planned=False),
    "state_far": _tensors("data_buffer_idx", FAR, planned=True),
    "arenas_none": _plan("non_const_buffer_sizes", []),
    "arenas_only_reserved": _plan("non_const_buffer_sizes", [0]),
    "arena_small": _plan("non_const_buffer_sizes", [0, 8]),
    "arena_negative": _plan("non_const_buffer_sizes", [0, -16]),
    "arena_huge": _plan("non_const_buffer_sizes", [0, 2**62]),
    "arena_reserved_used": lambda p: p.execution_plan[0].non_const_buffer_sizes.__setitem__(0, 64),
    "device_cuda": _plan("non_const_buffer_device", [schema.NonConstBufferDevice(1, schema.DeviceType.CUDA, 0)]),
    "device_far": _plan("non_const_buffer_device", [schema.NonConstBufferDevice(7, schema.DeviceType.CUDA, 0)]),
    "int_list_far": _added(IntList([FAR])),
    "int_list_negative": _added(IntList([-1])),
    "int_list_of_tensor": _added(IntList([0])),
    "tensor_list_far": _added(schema.TensorList([FAR])),
    "tensor_list_negative": _added(schema.TensorList([-1])),
    "tensor_list_of_null": lambda p: _listed(p, schema.TensorList),
    "tensor_list_forward": lambda p: _forward(p, schema.TensorList),
    "optional_list_far": _added(schema.OptionalTensorList([FAR])),
    "optional_list_minus_two": _added(schema.OptionalTensorList([-2])),
    "optional_list_of_null": lambda p: _listed(p, schema.OptionalTensorList),
    "int_list_empty": _added(IntList([])),
    "string_empty": _added(schema.String("")),
    "no_methods": lambda program: program.execution_plan.clear(),
    "same_name_twice": lambda program: program.execution_plan.append(program.execution_plan[0]),
    "no_chains": _plan("chains", []),
    "two_chains": lambda program: program.execution_plan[0].chains.append(program.execution_plan[0].chains[0]),
    "no_instructions": lambda program: _instructions(program).clear(),
    "no_values": _plan("values", []),
    "no_container": _plan("container_meta_type", None),
    "version_one": lambda program: setattr(program, "version", 1),
    "external_without_name": lambda p: setattr(_tensor(p), "extra_tensor_info", schema.ExtraTensorInfo(location=1)),
    "external_unknown": lambda p: _external(p, "nowhere"),
    "state_index_far": lambda p: setattr(_tensor(p, planned=True), "extra_tensor_info", schema.ExtraTensorInfo(5)),
}


def _sizes(program: Program, sizes: list[int]) -> None:
    tensor = _tensor(program)
    tensor.sizes, tensor.dim_order = sizes, [index % 256 for index in range(len(sizes))]


def _moved(program: Program, to: Any, source: Any = None) -> None:
    """Move the first value, a tensor, or another one."""
    values = program.execution_plan[0].values
    values += [EValue(to), *([EValue(source)] if source else [])]
    _instructions(program).insert(
        0, Instruction(MoveCall(len(values) - 1 if source else 0, len(values) - 1 - bool(source)))
    )


def _listed(program: Program, kind: Any) -> None:
    values = program.execution_plan[0].values
    values.append(EValue(schema.Null()))
    values.append(EValue(kind([len(values) - 1])))


def _forward(program: Program, kind: Any) -> None:
    """A list may name a tensor that stands behind it."""
    values = program.execution_plan[0].values
    values.append(EValue(kind([len(values) + 1])))
    values.append(values[0])


def _external(program: Program, name: str) -> None:
    _tensor(program).extra_tensor_info = schema.ExtraTensorInfo(fully_qualified_name=name, location=1)


def _with(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty_file": lambda _: b"",
    "one_byte": lambda content: content[:1],
    "short_file": lambda content: content[:40],
    "identifier": lambda content: _with(content, 4, b"ET99"),
    "identifier_none": lambda content: _with(content, 4, bytes(4)),
    "other_file": lambda _: b"PK\3\4" * 100,
    "header_magic": lambda content: _with(content, 8, b"xx00"),
    "header_length": lambda content: _with(content, 12, b"\1\0\0\0"),
    "header_length_old": lambda content: _with(content, 12, b"\x18\0\0\0"),
    "program_size_zero": lambda content: _with(content, 16, bytes(8)),
    "program_size_huge": lambda content: _with(content, 16, b"\xff" * 8),
    "program_size_short": lambda content: _with(content, 16, b"\x50" + bytes(7)),
    "segment_base_huge": lambda content: _with(content, 24, b"\xff" * 8),
    "segment_base_far": lambda content: _with(content, 24, (10_000_000).to_bytes(8, "little")),
    "segment_size_zero": lambda content: _with(content, 32, bytes(8)),
    "segment_size_huge": lambda content: _with(content, 32, b"\xff" * 8),
    "root_far": lambda content: _with(content, 0, b"\xff\xff\xff\x7f"),
    "last_segment_cut": lambda content: content[:-4],
    "segments_cut": lambda content: content[:-64],
}
"""What may happen to the bytes of a file."""
