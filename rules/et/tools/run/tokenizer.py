"""Turns text into tokens and back, from the files that came with a model; knows nothing of programs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.diagnostics import mistake
from common.reasons import first_line

UNFINISHED = "\ufffd"
"""What a decoder shows for bytes that are not yet a whole character."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A tokenizer of the `tokenizers` library, which every format ends up as."""

    backend: Any
    eos_ids: tuple[int, ...] = ()

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`, with the special ones that the model wants around them."""
        return list(self.backend.encode(text).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of `tokens`, without special ones."""
        return str(self.backend.decode(list(tokens)))

    def pieces(self, prompt: Sequence[int], tokens: Iterator[int]) -> Iterator[str]:
        """Yield the text that each token adds, holding back what is no whole character yet."""
        known = list(prompt)
        shown = self.decode(known)
        for token in tokens:
            known.append(token)
            text = self.decode(known)
            if text.endswith(UNFINISHED):
                continue
            yield text[len(shown) :]
            shown = text


def load_tokenizer(files: Sequence[Path]) -> Tokenizer:
    """Load the tokenizer that `files` are: tokenizer.json, a GGUF, or what transformers reads."""
    missing = [path for path in files if not path.is_file()]
    if not files or missing:
        what = f"'{missing[0]}', which does not exist" if missing else "nothing"
        hint = "give 'tokenizer' of the hf_model the files that came with its weights"
        raise mistake("missing-tokenizer", f"'tokenizer' must name a file, names {what}", "tokenizer", hint=hint)
    try:
        return _load(files)
    except (ValueError, OSError, KeyError, ImportError) as error:
        message = f"'{files[0].name}' is no tokenizer that can be read: {first_line(error)}"
        raise mistake("invalid-tokenizer", message, "tokenizer") from error


def _load(files: Sequence[Path]) -> Tokenizer:
    for path in files:
        if path.suffix == ".gguf":
            return _from_gguf(path)
    for path in files:
        if path.name == "tokenizer.json":
            return Tokenizer(_plain(_from_json(path)))
    return _from_transformers(files)


def _from_json(path: Path) -> Any:
    from tokenizers import Tokenizer as Backend  # type: ignore[import-not-found,unused-ignore]

    try:
        return Backend.from_file(str(path))
    except Exception as error:
        raise ValueError(str(error)) from error


def _plain(backend: Any) -> Any:
    """Switch off padding and truncation, which files keep from training: shapes are the program's matter."""
    backend.no_padding()
    backend.no_truncation()
    return backend


def _from_gguf(path: Path) -> Tokenizer:
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    return Tokenizer(_plain(loaded.backend_tokenizer), _eos(loaded))


def _from_transformers(files: Sequence[Path]) -> Tokenizer:
    from transformers import AutoTokenizer

    # transformers reads a folder; the files may lie in different ones.
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            (Path(folder) / path.name).symlink_to(path.resolve())
        loaded = AutoTokenizer.from_pretrained(folder)
    if not hasattr(loaded, "backend_tokenizer"):
        raise ValueError(f"{type(loaded).__name__} has no fast form; give its tokenizer.json")
    return Tokenizer(_plain(loaded.backend_tokenizer), _eos(loaded))


def _eos(loaded: Any) -> tuple[int, ...]:
    return () if loaded.eos_token_id is None else (int(loaded.eos_token_id),)
