"""Reads tokenizer.json, and from the files beside it which tokens begin and end a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.diagnostics import mistake
from common.reasons import first_line
from tokenizer.source import Source


def read_json(path: Path, beside: Sequence[Path]) -> Source:
    """Return what a tokenizer.json says; older forms come out as the library writes them today."""
    from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]

    try:
        backend = Tokenizer.from_file(str(path))
    except Exception as error:  # The library raises nothing narrower.
        message = f"'{path.name}' must be a tokenizer.json, cannot be read: {first_line(error)}"
        raise mistake("invalid-tokenizer", message, "src") from error
    names = _special_names(beside)
    ids = {name: backend.token_to_id(token) for name, token in names.items()}
    return Source(json.loads(backend.to_str()), ids.get("bos_token"), ids.get("eos_token"))


def _special_names(files: Sequence[Path]) -> dict[str, str]:
    """Return the spelling of the tokens that tokenizer_config.json or special_tokens_map.json give a part to."""
    names: dict[str, str] = {}
    for path in files:
        if path.name not in ("tokenizer_config.json", "special_tokens_map.json"):
            continue
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise mistake("invalid-tokenizer", f"'{path.name}' must be JSON, is not: {error}", "src") from error
        for key in ("bos_token", "eos_token"):
            value = content.get(key) if isinstance(content, dict) else None
            spelled = value.get("content") if isinstance(value, dict) else value
            if isinstance(spelled, str):
                names.setdefault(key, spelled)
    return names
