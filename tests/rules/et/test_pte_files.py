"""Files that pte is given beside the model: who may read them, which outputs are named for them, provenance."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from etbuild.api import Label
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et.providers import ModelInfo
from rules.et.pte import pte

MODEL = ModelInfo(Label("", "m", "cnn"), "torch_model", ("--entry", "modules.py:cnn"))
STATIC = {"quantize": "pt2e_static_int8", "calibration": ("hooks.py:calibration",)}


def program(**attrs: Any) -> Analyzed:
    return analyze(
        pte,
        {"model": "//m:cnn", "backend": "xnnpack", **attrs},
        deps={"//m:cnn": [MODEL]},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
    )


def made(analyzed: Analyzed, mnemonic: str) -> str:
    return analyzed.action(mnemonic).outputs[0].path


def materials(analyzed: Analyzed) -> set[str]:
    argv = analyzed.action("EtProvenance").argv
    named = {word.partition("=")[0] for flag, word in itertools.pairwise(argv) if flag == "--material"}
    assert named - {"python_environment"} <= analyzed.inputs("EtProvenance")
    return named - {"python_environment"}


@pytest.mark.parametrize(
    ("mnemonic", "attrs"),
    [
        ("EtExport", {"source_transforms": ("hooks.py:scale",)}),
        ("EtQuantize", STATIC),
        ("EtLower", {"partitioner": "hooks.py:part"}),
        ("EtMeasure", {"inputs": ("hooks.py:inputs",)}),
    ],
)
def test_outputs_are_named_for_the_data_that_their_action_may_read(mnemonic: str, attrs: dict[str, Any]) -> None:
    plain, one, other, both = (program(**attrs, data=data) for data in ((), ("a.txt",), ("b.txt",), ("b.txt", "a.txt")))
    assert len({made(each, mnemonic) for each in (plain, one, other, both)}) == 4
    assert "m/a.txt" in one.inputs(mnemonic)
    assert made(both, mnemonic) == made(program(**attrs, data=("a.txt", "b.txt")), mnemonic)


@pytest.mark.parametrize("mnemonic", ["EtQuantize", "EtLower", "EtMeasure"])
def test_outputs_are_named_for_the_operators_that_their_action_loads(mnemonic: str) -> None:
    names = {made(program(**STATIC, operators=files), mnemonic) for files in ((), ("a.py",), ("b.py",))}
    assert len(names) == 3


def test_data_reach_an_export_only_where_a_transform_may_read_them() -> None:
    plain, given = program(), program(data=("a.txt",))
    assert plain.action("EtExport").argv == given.action("EtExport").argv
    assert "m/a.txt" not in given.inputs("EtExport")
    assert made(plain, "EtLower") == made(given, "EtLower")


def test_a_record_of_the_lowering_is_another_output() -> None:
    assert made(program(), "EtLower") != made(program(etrecord=True), "EtLower")


@pytest.mark.parametrize(
    ("attrs", "files"),
    [
        ({"source_transforms": ("hooks.py:scale",)}, {"m/hooks.py"}),
        ({"partitioner": "hooks.py:part", "data": ("a.txt",)}, {"m/hooks.py", "m/a.txt"}),
        ({"edge_passes": ("passes.py:clamp",), "memory_planner": "plan.py:naive"}, {"m/passes.py", "m/plan.py"}),
        ({**STATIC, "inputs": ("real.safetensors",)}, {"m/hooks.py", "m/real.safetensors"}),
        ({"operators": ("swish.py",)}, {"m/swish.py"}),
        ({}, set()),
    ],
)
def test_provenance_names_the_files_of_hooks_and_what_they_read(attrs: dict[str, Any], files: set[str]) -> None:
    assert materials(program(**attrs)) == files


def test_provenance_names_the_transforms_of_each_of_several_methods() -> None:
    methods = {name: {"model": "//m:cnn", "source_transforms": (f"{name}.py:scale",)} for name in ("go", "on")}
    analyzed = analyze(
        pte,
        {"backend": "xnnpack", "methods": methods},
        deps={"//m:cnn": [MODEL]},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
    )
    assert materials(analyzed) == {"m/go.py", "m/on.py"}
