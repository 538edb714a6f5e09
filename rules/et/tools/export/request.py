"""What is asked of an export: the command line as one frozen value; knows nothing of torch."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

KINDS = ("hf_model", "torch_model", "pt2_model")
TASKS = ("text-generation", "feature-extraction", "image-classification")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The flags of export_model.py, under their names in a BUILD.toml."""

    kind: str
    output: str
    facts: str
    architecture: str | None
    config: str | None
    generation_config: str | None
    weights: tuple[str, ...]
    tokenizer: tuple[str, ...]
    task: str | None
    max_seq_len: int | None
    attention: str
    wrapper: str
    logits: str
    embedding: str
    strict: bool | None
    dynamic_shapes: Any
    example_input_ids: str | None
    example_cache_position: str | None
    entry: str | None
    src: tuple[str, ...]
    example_inputs: str | None
    pt2: str | None
    dtype: str
    quantize: str
    group_size: int | None
    whole_layers: bool
    may_be_plain: bool
    seed: int
    source_transforms: tuple[str, ...]


def parse_request(argv: Sequence[str]) -> ExportRequest:
    """Parse the command line of export_model.py."""
    values: dict[str, Any] = vars(_parser().parse_args(argv))
    return ExportRequest(**{field.name: _frozen(values[field.name]) for field in fields(ExportRequest)})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="export_model.py", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--kind", choices=KINDS, required=True)
    add("--output", required=True)
    add("--facts", required=True)
    for flag in ("--architecture", "--config", "--generation-config", "--entry", "--example-inputs", "--pt2"):
        add(flag)
    for flag in ("--weights", "--tokenizer", "--src"):
        add(flag, action="append", default=[])
    add("--task", choices=TASKS)
    add("--max-seq-len", type=int)
    add("--attention", choices=("sdpa", "eager", "custom_sdpa"), default="custom_sdpa")
    add("--wrapper", choices=("etbuild", "transformers"), default="etbuild")
    add("--logits", choices=("last", "all"), default="last")
    add("--embedding", choices=("pooled", "hidden"), default="pooled")
    add("--strict", type=_boolean)
    add("--dynamic-shapes", type=json.loads)
    add("--example-input-ids")
    add("--example-cache-position")
    add("--dtype", choices=("float32", "float16", "bfloat16"), default="float32")
    add("--quantize", choices=("none", "8da4w", "8w", "4w", "gguf"), default="none")
    add("--group-size", type=int)
    add("--whole-layers", action="store_true")
    add("--may-be-plain", action="store_true", help="there may be no layer to quantize")
    add("--seed", type=int, default=0)
    add("--source-transform", dest="source_transforms", action="append", default=[])
    return parser


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, is '{text}'")
    return text == "true"
