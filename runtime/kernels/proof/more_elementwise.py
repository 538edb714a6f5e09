"""Calls of elementwise operators that PyTorch's samples lack: numbers for tensors, mixed dtypes, special values.

Knows which arguments the operators take, not how calls are recorded.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from recorder import Recorder
from sample_tensors import ALL, BROADCASTS, FLOATS, INTEGERS, REALS, SIZES, Samples, special, tame

aten = torch.ops.aten
UNARY = (
    "abs acos acosh asin asinh atan atanh bitwise_not ceil cos cosh elu erf exp expm1 floor gelu hardtanh isinf isnan "
    "leaky_relu log log10 log1p log2 logical_not logit neg reciprocal relu round rsqrt sigmoid sign sin sinh sqrt tan "
    "tanh trunc _conj_physical clone alias_copy detach_copy lift_fresh_copy"
).split()
PLAIN_COPIES = ("alias_copy", "detach_copy", "lift_fresh_copy")  # They give contiguous tensors.
OF_TENSORS = "add sub mul div eq ne lt le gt ge remainder fmod bitwise_and bitwise_or bitwise_xor".split()
PLAIN = "minimum maximum logical_and logical_or logical_xor atan2 floor_divide copy".split()
SHIFTS = "bitwise_left_shift bitwise_right_shift".split()
DIVIDING = ("remainder", "fmod", "floor_divide", "div")
OF_NUMBERS = "add sub mul div rsub eq ne lt le gt ge remainder fmod bitwise_and bitwise_or bitwise_xor".split()
NUMBERS: tuple[Any, ...] = (2, -3, 2.5, -0.75, True, 7)
LARGE = (5, 3001)  # Beyond what a vector or one thread takes.


def see_all(recorder: Recorder, samples: Samples) -> None:
    """Show them to the recorder."""
    for see in (unary, unary_options, binary, numbers, powers, clamps, choices, larger):
        see(recorder, samples)


def unary(recorder: Recorder, samples: Samples) -> None:
    """Each operator of one tensor: all dtypes, special values, sizes, channels last."""
    for name in UNARY:
        overload = getattr(aten, name).default
        for dtype in ALL:
            values = special(dtype)
            if name == "gelu" and dtype.is_floating_point:  # Near the largest number, ATen overflows on its way.
                values = values[values.abs() < 1e30]
            recorder.see(overload, (values,))
            recorder.see(overload, (samples.tensor(dtype, 3, 5),))
        for sizes in SIZES:
            recorder.see(overload, (samples.tensor(torch.float32, *sizes),))
        for dtype in (torch.float32, torch.int32) if name not in PLAIN_COPIES else ():
            recorder.see(overload, (samples.channels_last(dtype, 2, 3, 4, 5),))
        for _ in range(4):
            recorder.see(overload, (samples.tensor(torch.float32, *samples.sizes()),))


def unary_options(recorder: Recorder, samples: Samples) -> None:
    """Operators of one tensor that take more."""
    for dtype in FLOATS:
        x = special(dtype)
        recorder.see(aten.gelu.default, (x[x.abs() < 100],), {"approximate": "tanh"})
        recorder.see(aten.elu.default, (x, 1.5, 2, 0.5))
        recorder.see(aten.leaky_relu.default, (x, 0.25))
        recorder.see(aten.hardtanh.default, (x, -0.5, 2.5))
        recorder.see(aten.logit.default, (samples.tensor(dtype, 3, 5, low=-0.1, high=1.1), 0.05))
    for dtype in INTEGERS:
        recorder.see(aten.hardtanh.default, (special(dtype), 0, 6))


def binary(recorder: Recorder, samples: Samples) -> None:
    """Each operator of two tensors: dtypes mixed, special values against each other, broadcasting."""
    named = [(name, getattr(aten, name).Tensor) for name in (*OF_TENSORS, *SHIFTS)]
    named += ((name, getattr(aten, name).default) for name in PLAIN)
    named += (("div", lambda_mode) for lambda_mode in (aten.div.Tensor_mode,))
    named.append(("pow", aten.pow.Tensor_Tensor))
    for name, overload in named:
        for more in ({"rounding_mode": "trunc"}, {"rounding_mode": "floor"}) if "mode" in str(overload) else ({},):
            see_binary(recorder, samples, name, overload, more)
    for dtype, alpha in product(ALL, (2, -1, 0.5)):
        for overload in (aten.add.Tensor, aten.sub.Tensor):
            recorder.see(overload, (samples.tensor(dtype, 2, 3), samples.tensor(dtype, 3)), {"alpha": alpha})


def see_binary(recorder: Recorder, samples: Samples, name: str, overload: Any, more: dict[str, Any]) -> None:
    """Show calls of one operator of two tensors."""
    low = 1 if name in (*DIVIDING, *SHIFTS, "pow") else -4
    for left, right in product(ALL, ALL):
        x, y = samples.tensor(left, 2, 3), samples.tensor(right, 3, low=low)
        recorder.see(overload, (x, y), more)
        if left != right:
            recorder.see(overload, (samples.tensor(left, 2, 3), samples.tensor(right, low=low)), more)
    for dtype in ALL:
        if name in SHIFTS and dtype.is_floating_point:
            continue
        right = samples.tensor(dtype, 9, low=0, high=6) if name in (*SHIFTS, "pow") else special(dtype)
        right = tame(dtype) if name in DIVIDING else right
        left = tame(dtype) if name in DIVIDING else special(dtype)
        recorder.see(overload, (left.reshape(-1, 1), right), more)
    for sizes, others in BROADCASTS:
        x, y = samples.tensor(torch.float32, *sizes), samples.tensor(torch.float32, *others, low=low)
        recorder.see(overload, (x, y), more)
        x, y = samples.tensor(torch.int32, *sizes), samples.tensor(torch.int32, *others, low=low)
        recorder.see(overload, (x, y), more)
    for _ in range(6):
        drawn = samples.sizes()
        fitting = samples.broadcastable(drawn)
        recorder.see(overload, (samples.tensor(torch.float32, *drawn), samples.tensor(torch.float32, *fitting)), more)
    x, y = (samples.channels_last(torch.float32, 2, 3, 4, 5) for _ in range(2))
    recorder.see(overload, (x, y), more)
    recorder.see_into(overload, (samples.tensor(torch.int32, 4), samples.tensor(torch.int32, 4, low=1)), more)
    recorder.see_into(overload, (samples.tensor(torch.float32, 4), samples.tensor(torch.float32, 4, low=1)), more)


def numbers(recorder: Recorder, samples: Samples) -> None:
    """Operators of a tensor and a number."""
    for name, dtype, number in product(OF_NUMBERS, ALL, NUMBERS):
        overload = getattr(aten, name).Scalar
        recorder.see(overload, (samples.tensor(dtype, 2, 3), number))
        if isinstance(number, float):
            recorder.see(overload, (special(dtype), number))
    for name in OF_NUMBERS:
        overload = getattr(aten, name).Scalar
        for sizes in ((), (0,), (33,)):
            recorder.see(overload, (samples.tensor(torch.float32, *sizes), 3))
        recorder.see(overload, (samples.channels_last(torch.float32, 1, 3, 2, 2), 1.5))
        recorder.see_into(overload, (samples.tensor(torch.int32, 4), 3), {})
    for name, dtype, number in product(("add", "sub", "rsub"), REALS, (2, 0.5)):
        recorder.see(getattr(aten, name).Scalar, (samples.tensor(dtype, 5), number, 3))
    for mode, dtype, number in product(("trunc", "floor", None), REALS, (3, -2, 0.75)):
        recorder.see(aten.div.Scalar_mode, (samples.tensor(dtype, 7), number), {"rounding_mode": mode})
    for name, dtype, number in product(SHIFTS, INTEGERS, (0, 1, 5)):
        recorder.see(getattr(aten, name).Tensor_Scalar, (special(dtype), number))


def powers(recorder: Recorder, samples: Samples) -> None:
    """Powers with a number for either side."""
    for dtype, number in product(REALS, (0, 1, 2, 3, 0.5, -1, -2.0, 2.5)):
        recorder.see(aten.pow.Tensor_Scalar, (samples.tensor(dtype, 3, 4), number))
        recorder.see(aten.pow.Scalar, (number, samples.tensor(dtype, 3, 4, low=0)))
    for dtype, number in product(FLOATS, (2, 0.5, -1, 3)):
        values = special(dtype).abs() if number == 0.5 else special(dtype)  # ATen: a root here, a power there.
        recorder.see(aten.pow.Tensor_Scalar, (values, number))
        recorder.see(aten.pow.Scalar, (number, special(dtype)))


def clamps(recorder: Recorder, samples: Samples) -> None:
    """Bounds: both, one, of another kind than the tensor, the wrong way round."""
    for dtype, bounds in product(REALS, ((1, 3), (None, 2), (-1, None), (0.5, 2.5), (3, 1))):
        recorder.see(aten.clamp.default, (samples.tensor(dtype, 3, 5), *bounds))
        recorder.see(aten.clamp.default, (special(dtype), *bounds))
    for left, right in product(REALS, REALS):
        x, low, high = samples.tensor(left, 2, 3), samples.tensor(right, 3), samples.tensor(right, 2, 1)
        recorder.see(aten.clamp.Tensor, (x, low, high))
    for dtype in FLOATS:
        recorder.see(aten.clamp.Tensor, (special(dtype).reshape(-1, 1), special(dtype), None))


def choices(recorder: Recorder, samples: Samples) -> None:
    """Where, masked_fill and fill."""
    for left, right in product(ALL, ALL):
        mask = samples.tensor(torch.bool, 2, 1)
        recorder.see(aten.where.self, (mask, samples.tensor(left, 2, 3), samples.tensor(right, 3)))
    for sizes, others in BROADCASTS:
        x, y = samples.tensor(torch.float32, *sizes), samples.tensor(torch.float32, *others)
        recorder.see(aten.where.self, (samples.tensor(torch.bool, *others), x, y))
        recorder.see(aten.masked_fill.Scalar, (x, samples.tensor(torch.bool, *others), 1.5))
    for dtype, number in product(ALL, (0, 1, 2.5)):
        recorder.see(aten.masked_fill.Scalar, (samples.tensor(dtype, 3, 4), samples.tensor(torch.bool, 4), number))
        recorder.see(aten.fill.Scalar, (samples.tensor(dtype, 3, 4), number))
        recorder.see(aten.fill.Tensor, (samples.tensor(dtype, 3, 4), torch.tensor(number)))


def larger(recorder: Recorder, samples: Samples) -> None:
    """Tensors beyond what a vector or one thread takes."""
    x, y = samples.tensor(torch.float32, *LARGE), samples.tensor(torch.float32, *LARGE, low=1)
    for overload in (aten.exp.default, aten.sigmoid.default, aten.gelu.default, aten.clone.default):
        recorder.see_large(overload, (x,))
    for overload in (aten.add.Tensor, aten.mul.Tensor, aten.div.Tensor):
        recorder.see_large(overload, (x, y))
        recorder.see_large(overload, (x, y[:, :1].contiguous()))
    recorder.see_large(aten.add.Tensor, (x.to(torch.float16), y.to(torch.float16)))
    recorder.see_large(aten.add.Tensor, (x, samples.tensor(torch.int32, *LARGE)))
