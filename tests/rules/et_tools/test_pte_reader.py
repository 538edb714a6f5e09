from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_bytes import Number, Numbers, add_program, encode, integer, kernel_call, method, program, tensor

from pte.flatbuffer import InvalidProgram
from pte.operators import operators_report
from pte.plan import plan_report
from pte.program import Program
from pte.reader import parse_program, read_program
from pte.summary import summarize


def parse(data: bytes | bytearray) -> Program:
    return parse_program(bytes(data))


def test_a_program_gives_its_methods_operators_and_dtypes() -> None:
    report = operators_report(parse(add_program()))
    assert report["methods"]["forward"] == {
        "operators": [{"operator": "aten::add", "overload": "out", "dtypes": ["float32"] * 3, "count": 1}],
        "operators_outside_delegates": 1,
        "delegates": [],
    }


def test_a_method_without_instructions_is_a_constant() -> None:
    assert summarize(parse(add_program()))["constant_methods"] == {"get_seven": 7}


def test_a_plan_says_where_each_tensor_lies_and_the_least_memory_it_needs() -> None:
    plan = plan_report(parse(add_program()))["methods"]["forward"]
    assert plan["buffers"] == [{"memory_id": 1, "bytes": 64, "most_alive": 48}]
    assert [(t["role"], t["offset"], t["bytes"], t["first"], t["last"]) for t in plan["tensors"]] == [
        ("input", 0, 24, 0, 0),
        ("output", 32, 24, 0, 0),
    ]


def test_an_empty_tensor_hides_none_that_lies_at_its_place() -> None:
    relu = method(
        "forward",
        [tensor(0), tensor(32, sizes=[0]), tensor(32)],
        f3=Numbers("<i", [0]),
        f4=Numbers("<i", [2]),
        f5=[{2: [kernel_call(0, [0, 1, 2, 2])]}],
        f6=[{0: "own::relu", 1: "out"}],
        f8=Numbers("<q", [0, 64]),
    )
    plan = plan_report(parse(encode(program([relu]))))["methods"]["forward"]
    assert plan["buffers"] == [{"memory_id": 1, "bytes": 64, "most_alive": 48}]


def test_the_parts_sum_up_to_the_file() -> None:
    summary = summarize(parse(add_program()))["bytes"]
    assert summary.pop("file") == sum(summary.values())


def test_a_table_may_share_the_list_of_fields_of_a_shorter_one() -> None:
    """As FlatBuffers' Python library of 25.2 writes it, which tosa-tools pins; the official runtime reads it."""
    shared = add_program()
    [root] = struct.unpack_from("<I", shared)
    [back] = struct.unpack_from("<i", shared, root)
    struct.pack_into("<H", shared, root - back + 2, 4)
    assert summarize(parse(shared)) == summarize(parse(add_program()))


def test_a_program_cut_at_any_byte_is_refused() -> None:
    whole = bytes(add_program())
    for length in range(len(whole)):
        with pytest.raises(InvalidProgram):
            parse_program(whole[:length])


def test_a_program_with_segments_cut_at_any_byte_is_refused() -> None:
    whole = bytes(program_with_segment())
    assert parse(whole).segments[0].holds == "constants"
    for length in range(len(whole)):
        with pytest.raises(InvalidProgram):
            parse_program(whole[:length])


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_changed_bytes_give_a_program_or_one_error(data: st.DataObject) -> None:
    """Nothing else may be raised, and no forged length may make the reader work without end."""
    forged = program_with_segment()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(forged) - 1))
        forged[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, data.draw(st.integers(0, 255))]))
    try:
        read = parse(forged)
    except InvalidProgram:
        return
    summarize(read)
    operators_report(read)
    plan_report(read)


def test_every_byte_set_to_every_telling_value_gives_a_program_or_one_error() -> None:
    whole = add_program()
    for at in range(len(whole)):
        for value in (0, 1, 0x7F, 0x80, 0xFF):
            forged = whole.copy()
            forged[at] = value
            try:
                summarize(parse(forged))
            except InvalidProgram:
                continue


def program_with_segment() -> bytearray:
    """The sum of a segment's constant and an input, behind an extended header."""
    add = method(
        "forward",
        [tensor(None, 1), tensor(0), integer(1), tensor(32)],
        f3=Numbers("<i", [1]),
        f4=Numbers("<i", [3]),
        f5=[{2: [kernel_call(0, [1, 0, 2, 3, 3])]}],
        f6=[{0: "aten::add", 1: "out"}],
        f8=Numbers("<q", [0, 64]),
    )
    segments = [{0: Number("<Q", 0), 1: Number("<Q", 24)}]
    offsets = {0: Number("<I", 0), 1: Numbers("<Q", [0, 0])}
    out = encode(program([add], f4=segments, f5=offsets), head=bytes(32))
    base = -(-len(out) // 16) * 16
    out[8:40] = b"eh00" + struct.pack("<IQQQ", 32, len(out), base, 24)
    return out + bytes(base - len(out)) + bytes(24)


REFUSED = {
    "no method's name": (program([method("", [])]), "a method must have a name"),
    "two methods of one name": (
        program([method("a", []), method("a", [])]),
        "methods must have different names, are a, a",
    ),
    "an index out of range": (
        program([method("f", [integer(1)], f3=Numbers("<i", [5]))]),
        "method 'f': an input has the index 5, must be below 1",
    ),
    "an operator out of range": (
        program([method("f", [], f5=[{2: [kernel_call(3, [])]}])]),
        "method 'f': the target of a kernel instruction has the index 3, must be below 0",
    ),
    "an unknown dtype": (program([method("f", [tensor(dtype=99)])]), "method 'f': no dtype has the number 99"),
    "a size below zero": (
        program([method("f", [tensor(sizes=[-1])])]),
        "method 'f': a tensor must have up to 16 sizes of at least 0, has [-1]",
    ),
    "memory that is not there": (
        program([method("f", [tensor(64)], f8=Numbers("<q", [0, 80]))]),
        "method 'f': a tensor ends at byte 88 of memory 1, which has 80",
    ),
    "a newer schema": ({0: Number("<I", 1)}, "the schema's version must be 0, is 1"),
    "a constant that is not there": (
        program([method("f", [tensor(None, 4)])]),
        "constant 4 does not exist, there are 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_forged_program_is_refused_with_what_is_wrong(case: str) -> None:
    forged, message = REFUSED[case]
    with pytest.raises(InvalidProgram) as caught:
        parse(encode(forged))
    assert str(caught.value) == message


def test_another_file_is_refused_by_its_identifier() -> None:
    with pytest.raises(InvalidProgram, match=r"bytes 4 to 8 must be 'ET12', are b'ABCD'"):
        parse(encode({}, b"ABCD"))


def test_tables_that_overlap_without_end_are_refused() -> None:
    """A vector that points at itself would multiply with each level of nesting."""
    one = method("f", [integer(1)] * 40)
    forged = encode(program([one] * 40))
    # Every element of the vector of methods is made to point at the first method.
    vector = forged.index(struct.pack("<I", 40)) + 4
    first = vector + struct.unpack_from("<I", forged, vector)[0]
    cut = forged[: first + 1400]
    for index in range(40):
        struct.pack_into("<I", cut, vector + 4 * index, first - (vector + 4 * index))
    with pytest.raises(InvalidProgram):
        parse(cut)


def test_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidProgram, match="No such file"):
        read_program(tmp_path / "absent.pte")
    (tmp_path / "empty.pte").write_bytes(b"")
    with pytest.raises(InvalidProgram, match="the file has 0"):
        read_program(tmp_path / "empty.pte")
