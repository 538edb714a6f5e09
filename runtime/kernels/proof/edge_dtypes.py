"""Which dtypes a program can call an operator with: what edge.yaml of the executorch package allows.

Knows dtypes alone: not whether ATen takes the sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import executorch
import torch
import yaml

NAMES = {
    "Bool": torch.bool,
    "Byte": torch.uint8,
    "Char": torch.int8,
    "Short": torch.int16,
    "Int": torch.int32,
    "Long": torch.int64,
    "Half": torch.float16,
    "Float": torch.float32,
    "Double": torch.float64,
    "BFloat16": torch.bfloat16,
    "UInt16": torch.uint16,
    "ComplexFloat": torch.complex64,
    "ComplexDouble": torch.complex128,
}
# Where ExecuTorch's portable library takes complex numbers.
COMPLEX = frozenset(
    """
    _clone_dim_order _conj_physical _fft_c2r _fft_r2c _to_dim_order_copy add alias_copy as_strided_copy bmm cat clone
    copy_ diagonal_copy div expand_copy full_like index index_put_ index_select mul narrow_copy permute_copy
    pixel_shuffle pixel_unshuffle reflection_pad1d reflection_pad2d reflection_pad3d repeat replication_pad1d
    replication_pad2d replication_pad3d roll select_copy slice_copy squeeze_copy sub sum t_copy transpose_copy
    unbind_copy unsqueeze_copy view_as_real_copy view_copy
    """.split()
)
MIXED = frozenset("_fft_c2r _fft_r2c index index_put_ index_select view_as_real_copy".split())  # With others, too.
Combination = Mapping[str, frozenset[torch.dtype]]


@cache
def combinations() -> Mapping[str, tuple[Combination, ...]]:
    """Return the combinations of dtypes, by the name of the overload that is called."""
    path = Path(next(iter(executorch.__path__))) / "exir/dialects/edge/edge.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {entry["func"]: tuple(of_entry(entry)) for entry in yaml.load(path.read_text(), loader)}  # noqa: S506 -- safe


def of_entry(entry: Mapping[str, Any]) -> list[Combination]:
    """Return the combinations of one entry."""
    aliases = {alias: frozenset(NAMES[name] for name in names) for alias, names in entry["type_alias"].items()}
    return [{name: aliases[alias] for name, alias in each.items()} for each in entry["type_constraint"]]


def is_allowed(overload: str, base: str, given: Mapping[str, Any], results: list[torch.Tensor]) -> bool:
    """Return whether a program may hold this call; one of which the file does not speak may be held."""
    dtypes = frozenset(dtype for value in [*given.values(), *results] for dtype in dtypes_of(value))
    if any(dtype.is_complex for dtype in dtypes):
        return base in COMPLEX and (len(dtypes) == 1 or base in MIXED)
    allowed = combinations().get(overload)
    if allowed is None:
        return True
    returned = {f"__ret_{number}": result for number, result in enumerate(results)}
    of = {name: dtypes_of(value) for name, value in {**given, **returned}.items()}
    return any(all(of.get(name, frozenset()) <= taken for name, taken in each.items()) for each in allowed)


def dtypes_of(value: Any) -> frozenset[torch.dtype]:
    """Return the dtypes of a tensor or of several."""
    several = value if isinstance(value, list | tuple) else [value]
    return frozenset(each.dtype for each in several if isinstance(each, torch.Tensor))
