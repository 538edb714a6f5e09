"""Finds the line of the model that each operator of a lowered program comes from; knows no backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.reasons import FRAME, LIBRARIES


def add_places(report: dict[str, Any], lowered: Any) -> None:
    """Give each operator of the report a `place`, such as `net.py:12`, where the graph knows one."""
    for method, entry in report["methods"].items():
        places: dict[tuple[str, str], str] = {}
        for node in lowered.exported_program(method).graph.nodes:
            schema = getattr(node.target, "_schema", None)
            place = source_of(node.meta)
            if node.op == "call_function" and schema is not None and place:
                places.setdefault((schema.name, schema.overload_name), place)
        for call in entry["operators"]:
            place = places.get((call["operator"], call["overload"]), "")
            if place:
                call["place"] = place


def source_of(meta: Mapping[str, Any]) -> str:
    """Return the innermost `file:line` that is neither torch's nor ours, else the innermost one, else nothing."""
    frames = FRAME.findall(meta.get("stack_trace") or "")
    own = [frame for frame in frames if not frame[0].startswith(LIBRARIES)] or frames
    return f"{own[-1][0]}:{own[-1][1]}" if own else ""
