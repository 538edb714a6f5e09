"""Calls of operators that ATen has not: seeded inputs, and the answers of their definitions.

Knows tensors and schemas, not which operators there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import executorch
import torch
import yaml
from call import Call, Output, Tolerance, dim_order

# What tensors begin with.
EXTREMES = (0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 1e30, -1e30, float("inf"), -float("inf"), 1e-40, 127.5)


class Numbers:
    """Seeded tensors."""

    def __init__(self, seed: int = 0) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def floats(self, *sizes: int, dtype: torch.dtype = torch.float32, by: float = 3.0) -> torch.Tensor:
        """Normal numbers."""
        return (torch.randn(sizes, generator=self.generator) * by).to(dtype)

    def extreme(self, *sizes: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Normal numbers, the first ones extreme if there are others."""
        made = self.floats(*sizes)
        if made.numel() > len(EXTREMES):
            made.view(-1)[: len(EXTREMES)] = torch.tensor(EXTREMES)
        return made.to(dtype)

    def wholes(
        self, *sizes: int, dtype: torch.dtype, least: int | None = None, most: int | None = None
    ) -> torch.Tensor:
        """Whole numbers of all the dtype holds, but for 32 bits: those of 20."""
        limits = torch.iinfo(dtype)
        least = max(limits.min, -(2**20)) if least is None else least
        most = min(limits.max, 2**20) if most is None else most
        return torch.randint(least, most + 1, sizes, generator=self.generator).to(dtype)

    def scales(self, *sizes: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Positive numbers from 0.01 to 0.2."""
        return (torch.rand(sizes, generator=self.generator) * 0.19 + 0.01).to(dtype)


class Calls:
    """Calls with answers; operators are named without their namespace."""

    def __init__(self, schemas: Iterable[Any]) -> None:
        named = {f"{schema.name}.{schema.overload_name}": schema for schema in schemas}
        self.schemas = {name.partition("::")[2].removesuffix("."): schema for name, schema in named.items()}
        self.made: list[Call] = []

    @staticmethod
    def of_file(path: str) -> Calls:
        """Return those of the operators of a yaml file in the executorch package."""
        text = (Path(next(iter(executorch.__path__))) / path).read_text()
        return Calls(torch._C.parse_schema(entry["func"]) for entry in yaml.safe_load(text))

    def add(self, operator: str, given: Mapping[str, Any], results: Any, tolerance: Tolerance | None = None) -> None:
        """Add one, with its results: tensors, or outputs."""
        several = results if isinstance(results, tuple) else (results,)
        outputs = [each if isinstance(each, Output) else Output(each) for each in several]
        self.made.append(Call.of(self.schemas[operator], given, outputs, tolerance))

    def ask(self, operator: str, overload: Any, given: Mapping[str, Any], tolerance: Tolerance | None = None) -> None:
        """Add one whose definition is asked; an answer has the layout of the first argument."""
        results = overload(**given)
        first = next(iter(given.values()))
        several = results if isinstance(results, tuple) else (results,)
        self.add(operator, given, tuple(like(each, first) for each in several), tolerance)


def like(result: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """Return a result in the layout of an argument of its rank."""
    order = dim_order(first)
    if result.dim() != first.dim():
        return result.contiguous()
    return result.permute(order).contiguous().permute([order.index(dim) for dim in range(len(order))])


def layouts(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """Return it, and channels last."""
    yield tensor
    if tensor.dim() == 4:
        yield tensor.to(memory_format=torch.channels_last)
