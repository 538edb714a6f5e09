"""The operators that portable kernels implement, and the functional operators of ATen that compute the same.

Read off the yaml files of the executorch package; knows nothing of calls. An operator is an `out` variant by name, such
as `aten::add.out`. Its twins are overloads that ATen is called with: `aten::view_copy.out` has `aten::view_copy` and
`aten::view`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import executorch
import torch
import yaml

FACTORY = frozenset({"dtype", "layout", "device", "pin_memory", "generator"})
ONLY_OPTIMIZED = ("linear.out", "_fft_r2c.out", "_fft_c2r.out")  # In no yaml file.


@dataclass(frozen=True)
class Operator:
    """An operator of the catalogue."""

    name: str
    schema: Any
    twins: tuple[Any, ...]

    @property
    def base(self) -> str:
        """The name without namespace and overload."""
        return base_of(self.name)


def base_of(name: str) -> str:
    """Return the name without namespace and overload."""
    return name.partition("::")[2].partition(".")[0]


def catalogue() -> Mapping[str, Operator]:
    """Return the operators by name."""
    schemas = dict(sorted(entries()))
    return {name: Operator(name, schema, tuple(twins(schema))) for name, schema in schemas.items()}


def entries() -> Iterator[tuple[str, Any]]:
    """Return names and schemas."""
    folder = Path(next(iter(executorch.__path__))) / "kernels/portable"
    texts = [(folder / file).read_text() for file in ("functions.yaml", "custom_ops.yaml")]
    for entry in [*(entry for text in texts for entry in yaml.safe_load(text)), *({"op": op} for op in ONLY_OPTIMIZED)]:
        if "op" in entry:
            base, _, overload = entry["op"].partition(".")
            schema = torch._C._get_schema(f"aten::{base}", overload)
        else:
            text = entry["func"]
            schema = torch._C.parse_schema(text if "::" in text.partition("(")[0] else f"aten::{text}")
        yield ".".join(filter(None, (schema.name, schema.overload_name))), schema


def twins(schema: Any) -> Iterator[Any]:
    """Return the overloads that take the same arguments and give what the operator writes; copies before views."""
    namespace, _, base = schema.name.partition("::")
    taken = {argument.name: str(argument.type) for argument in schema.arguments if not argument.is_out}
    for candidate in dict.fromkeys((base, base.removesuffix("_copy"), base.removesuffix("_"))):
        packet = getattr(getattr(torch.ops, namespace), candidate, None)
        for overload in packet.overloads() if packet is not None else ():
            found = getattr(packet, overload)
            if any(argument.is_out for argument in found._schema.arguments):
                continue
            takes = {argument.name: str(argument.type) for argument in found._schema.arguments}
            if {name: kind for name, kind in takes.items() if name in taken or name not in FACTORY} == taken:
                yield found
