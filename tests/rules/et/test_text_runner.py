"""text_runner: what `etbuild run` starts, what is placed, and how a device is held against eager PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from etbuild.api import Artifact, DefaultInfo, EtbuildError, InputSet, Label, Provider, RunInfo
from etbuild.testing import Analyzed, analyze
from rules.et.eager_text import eager_text
from rules.et.providers import EagerTextInfo, ModelInfo, ProgramInfo
from rules.et.text_runner import text_runner, text_runner_test


def made(path: str) -> Artifact:
    return Artifact(path, "host")


PTE, VERDICT = made("models/forward-1f2e.pte"), made("models/verdict")
EXE, LIBRARY = made("runtime/runner/llm_runner"), made("runtime/official/lib/libexecutorch.so")
INPUTS, EXPECTED = made("models/inputs.safetensors"), made("models/expected.safetensors")
OTHER = made("models/other.json")
PROGRAM = ProgramInfo(PTE, OTHER, OTHER, OTHER, VERDICT, "text-generation", INPUTS, EXPECTED)
RUNNER = RunInfo((EXE,), InputSet((EXE, LIBRARY)), (("NAME", "value"),))
REFERENCE = made("models/eager.safetensors")
DEPS: Mapping[str, tuple[Provider, ...]] = {
    "//models:llama": (PROGRAM, DefaultInfo((PTE,))),
    "//runtime:runner": (RUNNER, DefaultInfo((EXE,), beside=(LIBRARY,))),
    "//models:eager": (EagerTextInfo(REFERENCE), DefaultInfo((REFERENCE,))),
    "//models:net": (ModelInfo(Label("", "models", "net"), "torch_model", ()), DefaultInfo()),
}


def analyzed(rule: Any, **attrs: Any) -> Analyzed:
    given = {"program": "//models:llama", "runner": "//runtime:runner", **attrs}
    return analyze(rule, attrs=given, deps=DEPS, label="//examples:runner")


def test_it_starts_the_runner_with_program_and_tokenizer() -> None:
    info = analyzed(text_runner, tokenizer="model.tokenizer").get(RunInfo)
    assert [str(word) for word in info.argv] == [
        "runtime/runner/llm_runner",
        "--model",
        "models/forward-1f2e.pte",
        "--tokenizer",
        "examples/model.tokenizer",
    ]
    assert {LIBRARY, PTE} <= set(info.inputs)
    assert info.env == RUNNER.env


def test_program_and_libraries_are_placed_beside_each_other_once_the_program_is_proven() -> None:
    info = analyzed(text_runner, tokenizer="model.tokenizer").get(DefaultInfo)
    assert info.files[:2] == (EXE, PTE)
    assert info.beside == (LIBRARY,)
    assert info.validations == (VERDICT,)
    assert dict(info.names)[PTE] == "runner.pte"


def test_a_device_is_held_against_what_the_model_says_in_eager() -> None:
    test = analyzed(text_runner_test, reference="//models:eager", tokens=8, tolerance=0.01).test
    assert test is not None
    words = [str(word) for word in test.argv]
    assert words[1:5] == ["--model", str(PTE), "--reference", str(REFERENCE)]
    assert words[5:] == ["--tokens", "8", "--tolerance", "0.01"]
    assert {PTE, REFERENCE, VERDICT, LIBRARY} <= set(test.inputs)


def test_only_a_model_of_transformers_is_asked_in_eager() -> None:
    with pytest.raises(EtbuildError, match="'//models:net' must be an hf_model, is a torch_model"):
        analyze(eager_text, attrs={"model": "//models:net"}, deps=DEPS, label="//examples:eager")


@pytest.mark.parametrize("attrs", [{"tokens": 0}, {"tolerance": 0.0}, {"timeout": 0}])
def test_numbers_that_would_prove_nothing_are_refused(attrs: dict[str, Any]) -> None:
    with pytest.raises(EtbuildError, match=next(iter(attrs))):
        analyzed(text_runner_test, reference="//models:eager", **attrs)
