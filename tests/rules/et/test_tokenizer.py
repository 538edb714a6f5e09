"""tokenizer: which files it compiles, and what is said if there are none."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.api import Artifact, EtbuildError, Label
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et.providers import ModelInfo, TokenizerInfo
from rules.et.tokenizer import tokenizer


def made(given: ModelInfo | None = None, **attrs: Any) -> Analyzed:
    return analyze(tokenizer, attrs=attrs, deps={":m": [given]} if given else {}, label="//llm:words")


def model_with(*files: str) -> ModelInfo:
    artifacts = tuple(Artifact(file) for file in files)
    return ModelInfo(Label("", "llm", "m"), "hf_model", (), tokenizer=artifacts)


def test_the_files_of_a_model_are_compiled_into_one() -> None:
    analyzed = made(model_with("llm/tokenizer.json", "llm/tokenizer_config.json"), model=":m")
    action = analyzed.action("EtTokenizer")
    assert action.argv[0] == PYTHON_ENVIRONMENT.python
    assert action.argv[2:] == (
        "--file",
        "llm/tokenizer.json",
        "--file",
        "llm/tokenizer_config.json",
        "--output",
        "llm/words.tokenizer",
    )
    assert {"llm/tokenizer.json", "llm/tokenizer_config.json"} <= analyzed.inputs("EtTokenizer")
    assert [file.path for file in analyzed.outputs] == ["llm/words.tokenizer"]
    assert analyzed.get(TokenizerInfo).file.path == "llm/words.tokenizer"


@pytest.mark.parametrize("src", ["spm.model", ("spm.model",)])
def test_a_file_is_compiled_by_itself(src: Any) -> None:
    assert made(src=src).action("EtTokenizer").argv[2:4] == ("--file", "llm/spm.model")


def test_the_tool_brings_what_it_imports() -> None:
    inputs = made(src="spm.model").inputs("EtTokenizer")
    names = {path.rpartition("/tokenizer/")[2] for path in inputs if "/tokenizer/" in path}
    assert {"define.py", "flat_file.py", "gguf_source.py", "json_source.py", "sentencepiece_source.py"} <= names


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        ({}, "a tokenizer must have 'model' or 'src', has neither"),
        ({"model": ":m", "src": "a.json"}, "a tokenizer must have 'model' or 'src', has both"),
        ({"model": ":m"}, "'//llm:m' must have a tokenizer, has none"),
    ],
)
def test_a_tokenizer_must_come_from_one_place(attrs: dict[str, Any], message: str) -> None:
    with pytest.raises(EtbuildError) as caught:
        made(model_with(), **attrs)
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("missing-tokenizer", message)
