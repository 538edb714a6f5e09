"""Where in the model an operator of a lowered program comes from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lower.places import add_places

TORCH = 'File "torch/nn/modules/linear.py", line 125, in forward'
OWN = 'File "net.py", line 7, in forward'


def node(name: str, overload: str, *frames: str) -> SimpleNamespace:
    schema = SimpleNamespace(name=name, overload_name=overload)
    target = SimpleNamespace(_schema=schema)
    return SimpleNamespace(op="call_function", target=target, meta={"stack_trace": "\n".join(frames)})


def lowered(*nodes: SimpleNamespace) -> Any:
    graph = SimpleNamespace(graph=SimpleNamespace(nodes=nodes))
    return SimpleNamespace(exported_program=lambda _method: graph)


def test_an_operator_is_placed_at_the_first_line_of_the_model_that_calls_it() -> None:
    calls: list[dict[str, str]] = [
        {"operator": "aten::add", "overload": "out"},
        {"operator": "aten::add", "overload": "Scalar_out"},
        {"operator": "aten::mm", "overload": "out"},
    ]
    program = lowered(
        node("aten::add", "out", OWN, TORCH),
        node("aten::add", "out", 'File "net.py", line 9, in forward'),
        node("aten::mm", "out", TORCH),
    )
    add_places({"methods": {"forward": {"operators": calls}}}, program)
    assert [call.get("place") for call in calls] == ["net.py:7", None, "torch/nn/modules/linear.py:125"]
