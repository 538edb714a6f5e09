"""Calls of reductions that PyTorch's samples lack: every set of dimensions, no elements, NaN, larger rows.

Knows which arguments the operators take, not how calls are recorded.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from recorder import Recorder
from sample_tensors import ALL, FLOATS, REALS, Samples, special

aten = torch.ops.aten
DIMS: tuple[Any, ...] = ([], [0], [-1], [1], [0, 2], [0, 1, 2], [-2, -1])
SIZES = ((2, 3, 4), (1, 5, 1), (3, 1, 17), (2, 4, 0))


def see_all(recorder: Recorder, samples: Samples) -> None:
    """Show them to the recorder."""
    for see in (over_dims, over_one_dim, whole, accumulations, variances, distances, larger):
        see(recorder, samples)


def over_dims(recorder: Recorder, samples: Samples) -> None:
    """Sums, means, extremes over sets of dimensions."""
    for sizes, dims, keep in product(SIZES, DIMS, (False, True)):
        x = samples.tensor(torch.float32, *sizes)
        for overload in (aten.sum.dim_IntList, aten.mean.dim, aten.amax.default, aten.amin.default, aten.any.dims):
            recorder.see(overload, (x, dims, keep))
    for dtype in ALL:
        x = samples.tensor(dtype, 3, 5)
        for overload in (aten.sum.dim_IntList, aten.mean.dim, aten.amax.default, aten.amin.default, aten.any.dims):
            recorder.see(overload, (x, [1], False))
            recorder.see(overload, (special(dtype), [0], True))
        for other in ALL:
            recorder.see(aten.sum.dim_IntList, (x, [0], False), {"dtype": other})
            recorder.see(aten.mean.dim, (x, [0], False), {"dtype": other})
    for dims in (None, [0]):
        recorder.see(aten.sum.dim_IntList, (samples.tensor(torch.float32), dims, False))
        recorder.see(aten.any.dims, (samples.tensor(torch.bool), dims, False))
    for overload in (aten.sum.dim_IntList, aten.mean.dim, aten.amax.default):
        recorder.see(overload, (samples.channels_last(torch.float32, 2, 3, 4, 5), [2, 3], True))


def over_one_dim(recorder: Recorder, samples: Samples) -> None:
    """Reductions over one dimension, and where their answer lies."""
    for dtype, dim, keep in product(ALL, (0, -1), (False, True)):
        for x in (samples.tensor(dtype, 4, 6), special(dtype)):
            for overload in (aten.max.dim, aten.min.dim, aten.argmax.default, aten.argmin.default, aten.any.dim):
                recorder.see(overload, (x, dim, keep))
            recorder.see(aten.prod.dim_int, (samples.tensor(dtype, 4, 3), dim, keep))
            recorder.see(aten.var.dim, (x, [dim], True, keep))
    for k, dim, largest in product((0, 1, 3), (0, -1), (False, True)):
        recorder.see(aten.topk.default, (samples.tensor(torch.float32, 5, 7), k, dim, largest, True))
    for dtype in REALS:
        recorder.see(aten.topk.default, (torch.randperm(30, generator=samples.generator).to(dtype).reshape(5, 6), 2))
    nan = samples.tensor(torch.float32, 3, 4)
    nan[1, 2] = float("nan")
    for overload in (aten.max.dim, aten.min.dim, aten.topk.default):
        recorder.see(overload, (nan, 1) if overload != aten.topk.default else (nan, 2, 1, True, True))


def whole(recorder: Recorder, samples: Samples) -> None:
    """Reductions over all elements."""
    for dtype in ALL:
        for x in (samples.tensor(dtype, 2, 3), samples.tensor(dtype), special(dtype)):
            for overload in (aten.max.default, aten.min.default, aten.any.default, aten.argmax.default):
                recorder.see(overload, (x,))
            recorder.see(aten.mean.default, (x,))
            if x.numel() <= 6:  # The answer does not hang on the order.
                recorder.see(aten.mean.default, (x,), {"dtype": torch.float32})
            recorder.see(aten.argmin.default, (x,))
        recorder.see(aten.prod.default, (samples.tensor(dtype, 2, 3),))
        recorder.see(aten.prod.default, (samples.tensor(dtype, 2, 3),), {"dtype": torch.float32})
        recorder.see(aten.any.default, (samples.tensor(dtype, 0),))
        recorder.see(aten.prod.default, (samples.tensor(dtype, 0, 3),))
    recorder.see(aten.mean.default, (samples.tensor(torch.float32, 0),))


def accumulations(recorder: Recorder, samples: Samples) -> None:
    """Cumulative sums."""
    for dtype, dim in product(ALL, (0, 1, -1)):
        recorder.see(aten.cumsum.default, (samples.tensor(dtype, 4, 5), dim))
    for dtype in REALS:
        recorder.see(aten.cumsum.default, (samples.tensor(dtype, 6), 0), {"dtype": torch.float32})
    for sizes in ((), (0, 3), (2, 3, 4)):
        recorder.see(aten.cumsum.default, (samples.tensor(torch.float32, *sizes), 0))


def variances(recorder: Recorder, samples: Samples) -> None:
    """Variances with every correction."""
    for dtype, dims, correction in product(FLOATS, (None, [0], [1, 2]), (None, 0, 1, 2)):
        x = samples.tensor(dtype, 3, 4, 5)
        recorder.see(aten.var.correction, (x, dims), {"correction": correction, "keepdim": bool(correction)})
        recorder.see(aten.var_mean.correction, (x, dims), {"correction": correction, "keepdim": bool(correction)})
        recorder.see(aten.var.dim, (x, dims, bool(correction), False))
    for x in (samples.tensor(torch.float32, 1), samples.tensor(torch.float32, 0), 1e4 + torch.arange(9.0)):
        recorder.see(aten.var.correction, (x,), {"correction": 1})
        recorder.see(aten.var.dim, (x, [0], False, True))


def distances(recorder: Recorder, samples: Samples) -> None:
    """Distances between rows."""
    for p, dtype in product((0.0, 0.5, 1.0, 2.0, 3.0, float("inf")), (torch.float32, torch.float64)):
        x = samples.tensor(dtype, 5, 4)
        recorder.see(aten._cdist_forward.default, (x, samples.tensor(dtype, 3, 4), p, None))
        recorder.see(
            aten._cdist_forward.default, (samples.tensor(dtype, 2, 5, 4), samples.tensor(dtype, 2, 3, 4), p, 2)
        )
        recorder.see(aten._pdist_forward.default, (x, p))
    for sizes in ((1, 4), (2, 0), (6, 1)):
        recorder.see(aten._pdist_forward.default, (samples.tensor(torch.float32, *sizes), 2.0))


def larger(recorder: Recorder, samples: Samples) -> None:
    """Rows long enough to be split."""
    x = samples.tensor(torch.float32, 7, 1500)
    for dim in (0, 1):
        recorder.see_large(aten.sum.dim_IntList, (x, [dim], False))
        recorder.see_large(aten.mean.dim, (x, [dim], False))
        recorder.see_large(aten.amax.default, (x, [dim], False))
        recorder.see_large(aten.cumsum.default, (x, dim))
        recorder.see_large(aten.argmax.default, (x, dim))
