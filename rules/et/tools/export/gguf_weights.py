"""Reads config, special tokens and weights from a GGUF file; leaves the names' mapping to transformers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import torch
from transformers import modeling_gguf_pytorch_utils as transformers_gguf

from common.diagnostics import mistake
from export.weights import StateDict, require_readable


@dataclass(frozen=True, slots=True)
class GgufFile:
    """An opened GGUF file."""

    path: Path
    reader: gguf.GGUFReader
    config: dict[str, Any]


def open_gguf(path: Path, index: int) -> GgufFile:
    """Open a GGUF file and read the model's config from its header."""
    require_readable(path, index)
    try:
        reader = gguf.GGUFReader(path)
        with _reading(reader):
            config = transformers_gguf.load_gguf_checkpoint(str(path))["config"]
    except (ValueError, IndexError, KeyError, struct.error, OverflowError, OSError, NotImplementedError) as error:
        raise _unreadable(path, index, error) from error
    return GgufFile(path, reader, config)


def read_gguf_tensors(file: GgufFile, config: object, architecture: Any, dtype: torch.dtype, index: int) -> StateDict:
    """Return the file's tensors, dequantized, under the names of `architecture`."""
    with torch.device("meta"):
        skeleton = architecture._from_config(config)
    try:
        with _reading(file.reader):
            loaded = transformers_gguf.load_gguf_checkpoint(
                str(file.path), return_tensors=True, model_to_load=skeleton, torch_dtype=dtype
            )
    except (ValueError, IndexError, KeyError, NotImplementedError) as error:
        raise _unreadable(file.path, index, error) from error
    return loaded["tensors"]  # type: ignore[no-any-return]


@contextmanager
def _reading(reader: gguf.GGUFReader) -> Iterator[None]:
    """Let transformers use `reader`: parsing a vocabulary of 49,152 takes seconds, and it would parse twice."""
    original = gguf.GGUFReader
    gguf.GGUFReader = lambda *_args, **_kwargs: reader
    try:
        yield
    finally:
        gguf.GGUFReader = original


def _unreadable(path: Path, index: int, error: Exception) -> Exception:
    text = str(error).strip().splitlines() or [type(error).__name__]
    if "not supported" in text[0] or isinstance(error, NotImplementedError):
        message = f"transformers cannot read the architecture of '{path.name}'"
        return mistake("unknown-architecture", message, "weights", index=index, notes=(text[0],))
    message = f"'{path.name}' is truncated or corrupt ({path.stat().st_size:,} bytes)"
    return mistake("corrupt-weights", message, "weights", index=index, notes=(text[0],))
