"""Attributes of pte that nothing would read are refused where they stand, before anything is exported."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.api import EtbuildError, Label
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et.providers import ModelInfo
from rules.et.pte import pte
from tests.unit.analysis.sample import select

KINDS = {"llama": "hf_model", "linear": "torch_model", "exported": "pt2_model"}
IN_TEXTS = "task 'text-generation' or 'feature-extraction' of an hf_model"
OF_MODULES = "an hf_model or a torch_model"


def program(model: str | None = "linear", **attrs: Any) -> Analyzed:
    given: dict[str, Any] = {"model": model and f"//m:{model}", "backend": "xnnpack", **attrs}
    return analyze(
        pte,
        {name: value for name, value in given.items() if value is not None},
        deps={f"//m:{name}": [ModelInfo(Label("", "m", name), kind, ("--kind", kind))] for name, kind in KINDS.items()},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
    )


def refused(model: str | None = "linear", **attrs: Any) -> list[str]:
    with pytest.raises(EtbuildError) as raised:
        program(model, **attrs)
    assert {each.code for each in raised.value.diagnostics} <= {"unread-attribute", "method-twice"}
    return [each.message for each in raised.value.diagnostics]


@pytest.mark.parametrize(
    ("name", "value", "readers"),
    [
        ("attention", "sdpa", "an hf_model"),
        ("dynamic_shapes", False, IN_TEXTS),
        ("embedding", "hidden", "task 'feature-extraction' of an hf_model"),
        ("example_cache_position", (0, 1), "task 'text-generation' of an hf_model with wrapper = \"transformers\""),
        ("example_input_ids", (1, 2), "task 'text-generation' of an hf_model with wrapper = \"transformers\""),
        ("logits", "all", "task 'text-generation' of an hf_model"),
        ("max_seq_len", 7, IN_TEXTS),
        ("wrapper", "transformers", "task 'text-generation' of an hf_model"),
    ],
)
def test_what_is_for_models_of_transformers_is_refused_for_others(name: str, value: Any, readers: str) -> None:
    left_out = f"'{name}' of pte must be left out but for {readers}, is given for"
    assert refused("linear", **{name: value}) == [f"{left_out} '//m:linear', a torch_model"]
    assert refused("exported", **{name: value}) == [f"{left_out} '//m:exported', a pt2_model"]


@pytest.mark.parametrize(
    ("name", "value"), [("dtype", "float16"), ("source_transforms", ("hooks.py:scale",)), ("strict", True)]
)
def test_what_is_done_before_an_export_is_refused_for_what_is_exported_already(name: str, value: Any) -> None:
    message = f"'{name}' of pte must be left out but for {OF_MODULES}, is given for '//m:exported', a pt2_model"
    assert refused("exported", **{name: value}) == [message]
    assert program("linear", **{name: value}).outputs


@pytest.mark.parametrize("scheme", ["8da4w", "8w", "4w"])
def test_weights_of_what_is_exported_already_are_not_quantized(scheme: str) -> None:
    with pytest.raises(EtbuildError) as raised:
        program("exported", quantize=scheme)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "unread-attribute"
    assert diagnostic.message == f"quantize '{scheme}' must be of {OF_MODULES}, '//m:exported' is a pt2_model"
    assert diagnostic.notes == ("what is in a .pt2 is exported already",)
    assert diagnostic.hint == "pt2e_static_int8 and pt2e_dynamic_int8 quantize what is exported"


def test_what_is_exported_already_is_quantized_by_the_backends_quantizer() -> None:
    assert program("exported", quantize="pt2e_dynamic_int8").action("EtQuantize")
    assert program("exported", quantize="pt2e_static_int8", calibration=("recorded.safetensors",)).action("EtQuantize")


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        (
            {"task": "image-classification", "max_seq_len": 8},
            (
                f"'max_seq_len' of pte must be left out but for {IN_TEXTS}, "
                "is given for '//m:llama', an hf_model with task 'image-classification'"
            ),
        ),
        (
            {"task": "text-generation", "example_input_ids": (1, 2)},
            (
                "'example_input_ids' of pte must be left out but for task 'text-generation' of an hf_model with "
                'wrapper = "transformers", is given for \'//m:llama\', an hf_model with wrapper = "etbuild"'
            ),
        ),
        (
            {"task": "feature-extraction", "tokens": 3},
            "'tokens' of pte must be left out but for task 'text-generation', is given for task 'feature-extraction'",
        ),
    ],
)
def test_what_another_task_reads_is_refused(attrs: dict[str, Any], message: str) -> None:
    assert refused("llama", **attrs) == [message]


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        (
            {"prompts": ("x",)},
            (
                "'prompts' of pte must be left out but for task 'text-generation' or 'feature-extraction', "
                "is given for task 'none'"
            ),
        ),
        (
            {"group_size": 64},
            "'group_size' of pte must be left out but for quantize '8da4w' or '8w' or '4w', is given for 'none'",
        ),
        (
            {"quantize": "pt2e_dynamic_int8", "calibration": ("recorded.safetensors",)},
            (
                "'calibration' of pte must be left out but for quantize 'pt2e_static_int8', "
                "is given for 'pt2e_dynamic_int8'"
            ),
        ),
    ],
)
def test_what_no_part_of_the_program_reads_is_refused(attrs: dict[str, Any], message: str) -> None:
    assert refused(**attrs) == [message]


def test_all_that_nothing_reads_is_told_at_once() -> None:
    assert len(refused(max_seq_len=7, logits="all", group_size=64)) == 3


def test_strict_reaches_the_export_of_a_torch_model_where_it_is_given() -> None:
    argv = program(strict=True).action("EtExport").argv
    assert argv[argv.index("--strict") + 1] == "true"
    assert "--strict" not in program().action("EtExport").argv


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "linear"),
        ("dtype", "float16"),
        ("dtype", "float32"),
        ("source_transforms", ("hooks.py:scale",)),
        ("max_seq_len", 8),
    ],
)
def test_what_is_said_of_a_method_is_refused_beside_methods(name: str, value: Any) -> None:
    attrs = {"model": None, "methods": {"go": {"model": "//m:linear"}}, name: value}
    assert refused(**attrs) == [f"'{name}' must not be given beside 'methods': each method names its own"]


def test_a_name_is_refused_beside_methods() -> None:
    messages = refused(model=None, methods={"go": {"model": "//m:linear"}}, method="other")
    assert messages == ["'method' must not be given beside 'methods': its keys are the names"]


def test_an_attribute_of_one_of_several_methods_is_refused_at_its_own_place() -> None:
    methods = {"go": {"model": "//m:linear"}, "on": {"model": "//m:exported", "dtype": "float16"}}
    message = f"'methods.on.dtype' of pte must be left out but for {OF_MODULES}"
    assert refused(model=None, methods=methods) == [f"{message}, is given for '//m:exported', a pt2_model"]


def test_the_summary_says_the_dtype_that_methods_have() -> None:
    methods = {"go": {"model": "//m:linear", "dtype": "float16"}}
    argv = program(model=None, methods=methods).action("EtSummary").argv
    assert argv[argv.index("--dtype") + 1] == "float16"


def test_beside_a_select_some_is_passed_over_but_not_what_makes_another_program() -> None:
    quantize = select(x86_64="8da4w", default="none")
    assert program("linear", quantize=quantize, group_size=64, max_seq_len=7).action("EtLower")
    assert len(refused("exported", quantize=select(x86_64="none", default="none"), dtype="float16")) == 1
