"""Says how many tokens a model is exported for; knows no export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.diagnostics import mistake
from export.request import ExportRequest

DEFAULT_LENGTH = 512
NAMES = ("max_position_embeddings", "max_seq_len")
"""What configs call the positions that a model was trained with."""


def sequence_length(model: Any, request: ExportRequest) -> int:
    """Return the longest sequence; refuse one that is longer than the model's positions."""
    most, why = min(_limits(model), default=(None, ""))
    length = request.max_seq_len or min(DEFAULT_LENGTH, most or DEFAULT_LENGTH)
    if most and length > most:
        message = f"'max_seq_len' must be at most {most}, {why}, is {length}"
        raise mistake("sequence-too-long", message, "max_seq_len")
    return length


def _limits(model: Any) -> Iterator[tuple[int, str]]:
    config = model.config.get_text_config()
    for name in NAMES:
        if most := getattr(config, name, None):
            yield most, f"the model's {name}"
            break
    for name, table in model.named_modules():
        # As RoBERTa's: positions are counted from behind the padding's, whose row and those before it hold none.
        if name.rpartition(".")[2] == "position_embeddings" and getattr(table, "padding_idx", None) is not None:
            unused = table.padding_idx + 1
            yield table.num_embeddings - unused, f"the model's positions without {unused} for padding"
