"""Calls of operators that are ExecuTorch's own: ATen has no such schema, but what they answer is plain.

Knows these operators alone.
"""

from __future__ import annotations

import torch
from call import Compare, Output, dim_order
from recorder import Recorder
from sample_tensors import ALL, FLOATS, Samples


def see_all(recorder: Recorder, samples: Samples) -> None:
    """Record them."""
    for dtype in (*ALL, torch.complex64):
        for sizes in ((2, 3, 4, 5), (2, 1, 0, 3), (3, 5), ()):
            orders(recorder, samples.tensor(dtype, *sizes))
        orders(recorder, samples.channels_last(dtype, 2, 3, 4, 5))
    for to in FLOATS:
        converted(recorder, samples.channels_last(torch.int32, 2, 3, 4, 5), to)
        converted(recorder, samples.tensor(torch.bool, 2, 3, 4, 5), to)
    for dtype in (*FLOATS, torch.int32):
        for off in (0.0, 1e-9, 0.5):
            x = samples.tensor(dtype, 3, 4)
            closeness(recorder, x, (x.double() + off).to(dtype), equal_nan=False)
    nan = torch.tensor([1.0, float("nan"), float("inf")])
    for equal_nan in (False, True):
        closeness(recorder, nan, nan, equal_nan=equal_nan)


def orders(recorder: Recorder, x: torch.Tensor) -> None:
    """Copy a tensor into each order of dimensions."""
    plain, last = x.contiguous(), x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x
    for expected in (plain, last):
        order = list(dim_order(expected))
        for given in (order, None) if order == list(dim_order(x)) else (order,):
            for operator in ("_to_dim_order_copy", "_clone_dim_order"):
                recorder.add(f"dim_order_ops::{operator}.out", {"self": x, "dim_order": given}, [Output(expected)])
        empty = {"size": list(x.shape), "dim_order": order}
        recorder.add("dim_order_ops::_empty_dim_order.out", empty, [Output(expected)], compare=Compare.SIZES)


def converted(recorder: Recorder, x: torch.Tensor, to: torch.dtype) -> None:
    """Copy a tensor into another dtype and each order of dimensions."""
    for memory in (torch.contiguous_format, torch.channels_last):
        expected = x.to(to).contiguous(memory_format=memory)
        given = {"self": x, "dim_order": list(dim_order(expected))}
        recorder.add("dim_order_ops::_to_dim_order_copy.out", given, [Output(expected)])


def closeness(recorder: Recorder, x: torch.Tensor, y: torch.Tensor, *, equal_nan: bool) -> None:
    """Ask whether all elements are close; also without an output, when the answer is what is returned."""
    given = {"self": x, "other": y, "rtol": 1e-5, "atol": 1e-8, "equal_nan": equal_nan}
    expected = torch.tensor(torch.allclose(x, y, rtol=1e-5, atol=1e-8, equal_nan=equal_nan))
    for name in ("aten::allclose.out", "aten::allclose.Tensor"):
        recorder.add(name, given, [Output(expected)])
