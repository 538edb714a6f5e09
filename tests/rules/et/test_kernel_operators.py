"""operators.toml: what an entry means, and what is refused."""

from __future__ import annotations

import pytest

from etbuild.api import EtbuildError
from rules.et.kernel_operators import DTYPES, read_operators
from rules.et.kernel_schema import parse_schema


def refused(text: str) -> list[str]:
    """Return the messages of what is wrong with a file."""
    with pytest.raises(EtbuildError) as raised:
        read_operators(text, "k/operators.toml")
    return [f"{diagnostic.code}: {diagnostic.message}" for diagnostic in raised.value.diagnostics]


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("aten::add.Scalar_out", "etbuild::kernels::add_scalar_out"),
        ("aten::_softmax.out", "etbuild::kernels::_softmax_out"),
        ("aten::sym_numel", "etbuild::kernels::sym_numel"),
        ("executorch_prim::et_view.default", "etbuild::kernels::executorch_prim::et_view"),
        ("dim_order_ops::_clone_dim_order.out", "etbuild::kernels::_clone_dim_order_out"),
        ("quantized_decomposed::add.out", "etbuild::kernels::quantized_decomposed::add_out"),
    ],
)
def test_a_kernel_is_called_by_its_operator(name: str, function: str) -> None:
    [operator] = read_operators(f'"{name}" = {{ source = "a.cpp", arguments = "t" }}', "operators.toml")
    assert operator.function == function


def test_an_entry_says_source_arguments_function_and_dtypes() -> None:
    text = '# Remark.\n\n"a::b.out" = { source = "b.cpp", arguments = "to", function = "x::y", dtypes = ["int8"] }\n'
    [operator] = read_operators(text, "k/operators.toml")
    assert (operator.source, operator.arguments, operator.function) == ("b.cpp", "to", "x::y")
    assert operator.dtypes == {"int8"}
    assert operator.place == "k/operators.toml:3"


def test_arguments_follow_from_a_schema() -> None:
    schema = "my::scale.out(Tensor x, float factor, *, Tensor(a!) out) -> Tensor(a!)"
    [operator] = read_operators(f'"my::scale.out" = {{ source = "s.cpp", schema = "{schema}" }}', "operators.toml")
    assert operator.arguments == "tdt"
    assert operator.function == "my::scale_out"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('{ source = "a.cpp", arguments = "tq" }', "has the argument 'q', must have some of *BCDEILOSTZbcdeilostz"),
        ('{ source = "a.cpp", arguments = "" }', "has no arguments, must have some of *BCDEILOSTZbcdeilostz"),
        ('{ source = "a.cpp" }', "must have 'arguments', a text"),
        ('"a.cpp"', 'must be { source = "…", arguments = "…" }'),
        (
            '{ source = "a.cpp", arguments = "t", kernel = "f" }',
            "has 'kernel', must have no more than source, arguments, function, dtypes, schema, temp",
        ),
        (
            '{ source = "a.cpp", arguments = "t", dtypes = ["float"] }',
            f"has the dtype 'float', must have some of {', '.join(DTYPES)}",
        ),
        ('{ source = "a.cpp", schema = "a::c.out(Tensor(a!) out) -> Tensor(a!)" }', "has the schema of 'a::c.out'"),
        (
            '{ source = "a.cpp", arguments = "tt", schema = "a::b.out(Tensor(a!) out) -> Tensor(a!)" }',
            "has arguments 'tt', by its schema they are 't'",
        ),
        (
            '{ source = "a.cpp", schema = "a::b(Tensor x) -> Tensor" }',
            (
                "must be a variant that ends in its output, such as "
                "'my::f.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)', is 'a::b(Tensor x) -> Tensor'"
            ),
        ),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_its_line(entry: str, message: str) -> None:
    assert refused(f'\n"a::b.out" = {entry}') == [f"bad-kernel-catalog: k/operators.toml:2: 'a::b.out' {message}"]


def test_an_operator_is_named_as_programs_name_it() -> None:
    text = '"add.out" = { source = "a.cpp", arguments = "t" }'
    assert refused(text) == [
        "bad-kernel-catalog: k/operators.toml:1: 'add.out' must be named as programs do, such as \"aten::add.out\""
    ]


def test_an_operator_stands_once() -> None:
    entry = '"a::b.out" = { source = "a.cpp", arguments = "t" }\n'
    message = "'a::b.out' must have one kernel, has one at k/operators.toml:1 and one at k/operators.toml:3"
    assert refused(f"{entry}\n{entry}") == [f"kernel-twice: {message}"]


def test_all_mistakes_are_told_at_once() -> None:
    entry = '{ source = "a.cpp", arguments = "q" }'
    assert len(refused(f'"a::b.out" = {entry}\n"a::c.out" = {entry}\n')) == 2


def test_what_is_no_toml_is_refused() -> None:
    assert refused("a b")[0].startswith("bad-kernel-catalog: 'k/operators.toml' must be TOML: ")


@pytest.mark.parametrize(
    ("schema", "arguments", "parameters"),
    [
        (
            "a::b.out(Tensor x, Tensor? y=None, *, Tensor(a!) out) -> Tensor(a!)",
            "tot",
            ("Tensor", "optional<Tensor>", "Tensor"),
        ),
        (
            "a::b.out(Tensor[] x, Tensor?[] y, int[2] z=[1, 1], *, Tensor(a!) out) -> Tensor(a!)",
            "TOlt",
            ("ArrayRef<Tensor>", "ArrayRef<optional<Tensor>>", "ArrayRef<int64_t>", "Tensor"),
        ),
        (
            "a::b.out(SymInt x, SymInt[]? y, float? z, bool w=True, *, Tensor(a!) out) -> Tensor(a!)",
            "iLDbt",
            ("int64_t", "optional<ArrayRef<int64_t>>", "optional<double>", "bool", "Tensor"),
        ),
        (
            "a::b.out(Scalar x, str y, ScalarType? z, *, Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
            "szItt",
            ("Scalar", "string_view", "optional<ScalarType>", "Tensor", "Tensor"),
        ),
    ],
)
def test_a_schema_says_what_a_kernel_takes(schema: str, arguments: str, parameters: tuple[str, ...]) -> None:
    parsed = parse_schema(schema)
    assert parsed.arguments == arguments
    assert parsed.parameters == parameters


@pytest.mark.parametrize("word", ["Generator? g", "Tensor", "int[][] x"])
def test_a_schema_with_other_types_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="must have some of Tensor, "):
        parse_schema(f"a::b.out({word}, *, Tensor(a!) out) -> Tensor(a!)")
