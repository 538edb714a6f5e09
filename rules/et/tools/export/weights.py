"""Reads weights into a state dict from safetensors or torch files; knows nothing of the model that they are for."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from common.diagnostics import UserError, mistake

StateDict = dict[str, torch.Tensor]

TORCH_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt")
SHOWN = 4
"""How many shards a message lists."""
LFS_POINTER = b"version https://git-lfs"


def read_state_dict(files: Sequence[str]) -> StateDict:
    """Return all tensors of `files`: one file, or shards with or without their index."""
    paths = [Path(file) for file in files]
    state: StateDict = {}
    origins: dict[str, Path] = {}
    for index, path in enumerate(paths):
        if path.name.endswith(".index.json"):
            _require_shards(path, paths, index)
            continue
        found = _read_file(path, index)
        _require_new(found, origins, path, index)
        origins |= dict.fromkeys(found, path)
        state |= found
    return state


def require_readable(path: Path, index: int) -> None:
    """Refuse a file that is missing, empty or only a Git LFS pointer."""
    if not path.is_file():
        raise mistake("missing-weights", f"no weights at '{path.name}'", "weights", index=index)
    with path.open("rb") as stream:
        head = stream.read(len(LFS_POINTER))
    if not head:
        raise mistake("corrupt-weights", f"'{path.name}' is empty", "weights", index=index)
    if head == LFS_POINTER:
        message = f"'{path.name}' is a Git LFS pointer, not the weights themselves"
        raise mistake("corrupt-weights", message, "weights", index=index, hint="run `git lfs pull`")


def _read_file(path: Path, index: int) -> StateDict:
    require_readable(path, index)
    if path.suffix == ".safetensors":
        return _read_safetensors(path, index)
    if path.suffix in TORCH_SUFFIXES:
        return _read_torch(path, index)
    known = ", ".join((".safetensors", ".gguf", *TORCH_SUFFIXES))
    raise mistake("unknown-weights", f"weights must be one of {known}, is '{path.name}'", "weights", index=index)


def _read_safetensors(path: Path, index: int) -> StateDict:
    try:
        with safe_open(path, framework="pt") as tensors:
            return {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118 -- not a dict
    except SafetensorError as error:
        raise _corrupt(path, index, str(error)) from error


def _read_torch(path: Path, index: int) -> StateDict:
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _refused_or_corrupt(path, index, error) from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise _corrupt(path, index, str(error)) from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else loaded
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        message = f"'{path.name}' must hold tensors by name, holds {type(state).__name__}"
        raise mistake("unknown-weights", message, "weights", index=index)
    return state


def _refused_or_corrupt(path: Path, index: int, error: Exception) -> UserError:
    text = str(error)
    if "Unsupported global" not in text and "Unsupported class" not in text and "GLOBAL" not in text:
        return _corrupt(path, index, text)
    message = f"'{path.name}' holds pickled objects, which are never loaded: only tensors are"
    hint = "save the state dict as safetensors: safetensors.torch.save_file(model.state_dict(), …)"
    return mistake("pickled-weights", message, "weights", index=index, hint=hint)


def _corrupt(path: Path, index: int, detail: str) -> UserError:
    message = f"'{path.name}' is truncated or corrupt ({path.stat().st_size:,} bytes)"
    return mistake("corrupt-weights", message, "weights", index=index, notes=(detail.strip().splitlines()[0],))


def _require_new(found: StateDict, origins: Mapping[str, Path], path: Path, index: int) -> None:
    """Refuse tensors that another file holds, too: neither is known to be the one that is meant."""
    twice = sorted(found.keys() & origins.keys())
    if twice:
        other = origins[twice[0]]
        here, there = (path.name, other.name) if path.name != other.name else (str(path), str(other))
        message = f"{len(twice)} tensors of '{here}' are in '{there}', too: a tensor must be in one file of the weights"
        note = f"the first is {twice[0]}"
        raise mistake("tensor-twice", message, "weights", index=index, notes=(note,), hint="name one of the two files")


def _require_shards(index_file: Path, paths: Sequence[Path], index: int) -> None:
    try:
        named = set(json.loads(index_file.read_text(encoding="utf-8-sig"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError, OSError) as error:
        message = f"'{index_file.name}' must map tensors to files under \"weight_map\""
        raise mistake("corrupt-weights", message, "weights", index=index) from error
    missing = sorted(named - {path.name for path in paths})
    if missing:
        message = f"'{index_file.name}' names {len(named)} shards, {len(missing)} are not in 'weights'"
        raise mistake("missing-weights", message, "weights", index=index, notes=tuple(missing))
    for place, path in enumerate(paths):
        if path.name not in named and not path.name.endswith(".index.json"):
            message = f"'{path.name}' must be one of the {len(named)} shards that '{index_file.name}' names"
            raise mistake("unknown-shard", message, "weights", index=place, notes=tuple(sorted(named)[:SHOWN]))
