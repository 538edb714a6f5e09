"""needed_values: what nothing reads is left out, what is equal is there once, what may change stays itself."""

from __future__ import annotations

from dataclasses import replace

from image.needed_values import needed_values
from pte.program import Allocation, Instruction, Method, Plain, Tensor

X = Tensor("float32", (2,), (0,), "static", allocation=Allocation(1, 0))
WEIGHT = Tensor("float32", (2,), (0,), "static", data_index=1)


def method(values: tuple[Tensor | Plain, ...], *steps: Instruction, inputs: tuple[int, ...] = (0,)) -> Method:
    return Method("forward", values, inputs, (0,), steps, (("aten::add", "out"),), (), (0, 64))


def ints(*numbers: int) -> tuple[Plain, ...]:
    return tuple(Plain("int", number) for number in numbers)


def test_values_that_nothing_reads_are_left_out() -> None:
    found = needed_values(method((WEIGHT, X, Plain("none"), X), Instruction("kernel", 0, (1, 3)), inputs=(1,)))
    assert found.values == (WEIGHT, X, X)  # The first is the output.
    assert (found.inputs, found.outputs) == ((1,), (0,))
    assert found.instructions == (Instruction("kernel", 0, (1, 2)),)


def test_equal_numbers_and_lists_of_them_are_there_once() -> None:
    lists = (Plain("int_list", indices=(1, 2)), Plain("int_list", indices=(3, 4)))
    steps = (Instruction("kernel", 0, (5, 6, 1, 0)),)
    found = needed_values(method((X, *ints(1, 2, 1, 2), *lists), *steps))
    assert found.values == (X, *ints(1, 2), Plain("int_list", indices=(1, 2)))
    assert found.instructions == (Instruction("kernel", 0, (3, 3, 1, 0)),)


def test_true_one_and_one_point_are_not_equal() -> None:
    numbers = (Plain("int", 1), Plain("bool", value=True), Plain("double", 1.0), Plain("double", -0.0))
    values = (X, *numbers, Plain("double", 0.0))
    assert len(needed_values(method(values, Instruction("kernel", 0, (1, 2, 3, 4, 5, 0)))).values) == len(values)


def test_what_a_call_may_write_is_no_constant() -> None:
    sum_of = Instruction("kernel", 0, (1, 2, 3))  # Without a tensor any may be its result.
    found = needed_values(method((X, *ints(0, 0, 0)), sum_of, Instruction("kernel", 0, (1, 0))))
    assert len(found.values) == 4
    moved = needed_values(method((X, *ints(0, 0)), Instruction("move", 2, (1,)), Instruction("kernel", 0, (1, 2, 0))))
    assert len(moved.values) == 3


def test_places_of_none_and_lists_of_tensors_are_kept() -> None:
    found = needed_values(
        method(
            (WEIGHT, Plain("none"), X, Plain("optional_tensor_list", indices=(-1, 2))), Instruction("kernel", 0, (3, 2))
        )
    )
    assert found.values == (WEIGHT, X, Plain("optional_tensor_list", indices=(-1, 1)))


def test_jumps_keep_their_target() -> None:
    condition = Plain("bool", value=True)
    found = needed_values(method((Plain("none"), X, condition), Instruction("jump_false", 2, (2,)), inputs=(1,)))
    assert found.instructions == (Instruction("jump_false", 2, (2,)),)
    assert replace(found, name="other").values[2] == condition
