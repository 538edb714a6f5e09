"""compiled_plan: a method as constant tables of C++."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_bytes import add_program

from common.diagnostics import UserError
from image.compiled_plan import check, definition
from image.compiled_sources import assembly, definitions, header
from image.image_sources import Embedded
from pte.program import Allocation, Delegate, Instruction, Method, Plain, Program, Segment, Tensor
from pte.reader import parse_program

ADD = parse_program(bytes(add_program()))
X = Tensor("float32", (2, 3), (0, 1), "static")
PLANNED = replace(X, allocation=Allocation(1, 16))


def method(values: tuple[Tensor | Plain, ...], *instructions: Instruction) -> Method:
    return Method("forward", values, (0,), (0,), instructions, (("aten::add", "out"),), (), (0, 64))


def words(method_: Method, constants: tuple[int, ...] = (0, 32)) -> str:
    return "\n".join(definition("forward", method_, constants, "weights"))


def test_a_tensor_is_in_planned_memory_among_the_weights_or_given_later() -> None:
    text = words(method((X, PLANNED, replace(X, data_index=1))))
    assert "    {nullptr, forward_constant_0, forward_constant_1, forward_constant_2, 6, 2, false}," in text
    assert "    {forward_memory_1 + 16, " in text
    assert "    {const_cast<uint8_t*>(weights + 32), " in text
    # What is equal is there once.
    assert text.count("= {2, 3};") == 1
    assert text.count("= {3, 1};") == 1


def test_sizes_that_may_change_are_in_memory_that_can() -> None:
    text = words(method((replace(PLANNED, dynamism="bounded"), replace(PLANNED, dynamism="bounded"))))
    assert text.count("int32_t forward_variable_") == 4
    assert "const int32_t" not in text


def test_strides_follow_the_dim_order_and_empty_dimensions_count_as_one() -> None:
    text = words(method((replace(X, sizes=(2, 0, 4), dim_order=(0, 2, 1)),)))
    assert "= {4, 1, 1};" in text


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (Plain("none"), "None, 0, 0"),
        (Plain("int", -5), "Int, 0, -5"),
        (Plain("int", 2**31), "LongInt, 0, 0"),
        (Plain("bool", value=True), "Bool, 0, 1"),
        (Plain("double", 1.5), "Double, 0, 0"),
        (Plain("string", '"é'), "Text, 3, 0"),
        (Plain("bool_list", (True, False)), "Bools, 2, 0"),
        (Plain("int_list", indices=(1, 1)), "Ints, 2, 0"),
    ],
)
def test_each_kind_of_value_has_its_row(value: Plain, row: str) -> None:
    assert f"    {{etbuild::CompiledValue::Kind::{row}}}," in words(method((X, value)))


@pytest.mark.parametrize(
    ("value", "constant"),
    [
        (Plain("int", -(2**63)), "const int64_t forward_constant_3[] = {INT64_MIN};"),
        (Plain("int", 2**31), "const int64_t forward_constant_3[] = {INT64_C(2147483648)};"),
        (Plain("double", 1.5), "const double forward_constant_3[] = {0x1.8000000000000p+0};"),
        (Plain("double", float("-inf")), "const double forward_constant_3[] = {-__builtin_inf()};"),
        (Plain("double", float("nan")), 'const double forward_constant_3[] = {__builtin_nan("")};'),
        (Plain("bool_list", (True, False)), "const bool forward_constant_3[] = {true, false};"),
    ],
)
def test_what_a_row_cannot_hold_is_among_the_constants(value: Plain, constant: str) -> None:
    text = words(method((X, value, value)))
    assert constant in text
    assert "const void* const forward_plan_constants[] = {\n    forward_constant_3,\n};" in text


def test_a_constant_method_has_its_number_in_the_header() -> None:
    methods = tuple(
        Method(f"{value.kind}_of_it", (value,), (), (0,), (), (), (), (0,))
        for value in (Plain("double", 0.25), Plain("int", -3), Plain("bool", value=True), Plain("string", "x"))
    )
    text = header([Embedded("add", "a.pte", replace(ADD, methods=methods), {})], "//app:it")
    assert "static constexpr double value = 0.25;" in text
    assert "static constexpr int64_t value = INT64_C(-3);" in text
    assert "static constexpr bool value = true;" in text
    assert text.count(" value = ") == 3


def test_steps_name_places_and_none_has_a_place_of_its_own() -> None:
    values = (X, Plain("optional_tensor_list", indices=(0, -1)), Plain("bool", value=True))
    steps = (
        Instruction("kernel", 0, (0, 1, 0)),
        Instruction("jump_false", 4, (2,)),
        Instruction("move", 2, (2,)),
        Instruction("free", 0),
    )
    lines = [line.strip() for line in words(method(values, *steps)).splitlines()]
    begin = lines.index("const etbuild::CompiledStep forward_plan_steps[] = {")
    assert lines[begin + 1 : begin + 5] == [
        "{0, 3, 2},",
        "{etbuild::CompiledStep::kJumpFalse, 4, 2},",
        "{etbuild::CompiledStep::kMove, 2, 2},",
        "{etbuild::CompiledStep::kFree, 0, 0},",
    ]
    places = lines.index("const uint16_t forward_plan_places[] = {")
    assert lines[places + 1 : places + 6] == ["0,", "65535,", "0,", "1,", "0,"]
    assert '"aten::add.out",' in lines
    assert "EValue* forward_argument_memory[3];" in lines


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"delegates": (Delegate("XnnpackBackend", 1, None, None),)}, "parts for the backend 'XnnpackBackend'"),
        ({"values": (replace(X, external=True, name="w"),)}, "weights outside of the program"),
        ({"values": (replace(PLANNED, data_index=1),)}, "tensors that change and begin with data"),
        ({"values": (replace(X, data_index=1),)}, "weights that are in no segment"),
        ({"values": (replace(X, dynamism="unbounded"),)}, "tensors without a bound"),
        ({"values": (Plain("none"),) * 0xFFFD}, "more than 65532 values, steps or operators"),
    ],
)
def test_what_tables_cannot_hold_is_a_mistake(changed: dict[str, object], what: str) -> None:
    program: Program = replace(ADD, methods=(replace(method((X,)), **changed),))
    with pytest.raises(UserError) as raised:
        check("m", program)
    assert what in str(raised.value)


def test_only_the_constants_of_a_program_are_in_the_image() -> None:
    program = Embedded(
        "add", "a.pte", replace(ADD, segments=(Segment(256, 64, "constants"),), constant_offsets=(0, 0)), {}
    )
    assert '.incbin "a.pte", 256, 64' in assembly([program], "elf")
    assert ".globl etbuild_program_add_constants" in assembly([program], "elf")
    assert "static const etbuild::CompiledPlan plan;" in header([program], "//app:it")
    text = definitions([program], {1: "dtcm"}, temp=0)
    place = '__attribute__((section(".bss.tier.dtcm.add_forward_memory_1")))'
    assert f"alignas(16) uint8_t forward_memory_1[64] {place};" in text
    assert "const etbuild::CompiledPlan forward::plan = {" in text
    assert "MemoryAllocator* (*const forward_temp)() = nullptr;" in text
