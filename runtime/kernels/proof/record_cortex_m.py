"""Records calls of the operators of `cortex_m`, with the answers of their reference implementations in Python.

record_cortex_m.py OUT

Left out: sums of 2^24 and more where a reference adds up floats (transposed convolutions, products of matrices).
"""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import executorch
import torch
from call import Call
from calls_file import write_calls
from defined_calls import Calls, Numbers, layouts

OPS = torch.ops.cortex_m
INT8 = torch.int8
SIZES: tuple[tuple[int, ...], ...] = ((), (1,), (33,), (0, 3), (3, 5), (2, 3, 4), (2, 8, 3, 3))
SCALINGS = ((1073741824, 0), (1518500250, -9), (2147483647, -31), (1342177280, 3), (-1288490189, -4))


def define_operators() -> None:
    """Import the references. The packages that they import from need a serializer that is not there; they do not."""
    package = "executorch.backends.cortex_m"
    folder = Path(next(iter(executorch.__path__))) / "backends/cortex_m"
    for name in ("passes", "quantizer"):
        sys.modules[f"{package}.{name}"] = ModuleType(name)
        sys.modules[f"{package}.{name}"].__path__ = [str(folder / name)]
    configs = ModuleType("quantization_configs")
    vars(configs).update(CMSIS_SOFTMAX_SCALE=1.0 / 256.0, CMSIS_SOFTMAX_ZERO_POINT=-128)  # As it says there.
    sys.modules[f"{package}.quantizer.quantization_configs"] = configs
    vars(import_module(f"{package}.ops.operators")).update(F=Functional)


class Functional:
    """What the references take of torch.nn.functional; ATen has no dilated convolutions of int32, but of doubles."""

    avg_pool2d = staticmethod(torch.nn.functional.avg_pool2d)
    conv_transpose2d = staticmethod(torch.nn.functional.conv_transpose2d)
    max_pool2d = staticmethod(torch.nn.functional.max_pool2d)
    pad = staticmethod(torch.nn.functional.pad)

    @staticmethod
    def conv2d(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, **window: Any) -> torch.Tensor:
        """Convolve; doubles hold all of the sums."""
        return torch.nn.functional.conv2d(x.double(), weight.double(), bias.double(), **window).to(torch.int32)


def ask(calls: Calls, name: str, given: Mapping[str, Any]) -> None:
    """Add a call of an operator whose functional variant is its reference."""
    calls.ask(f"{name}.out", getattr(OPS, name).default, given)


def pairs(numbers: Numbers) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Return tensors of int8 of the same sizes, and some that are broadcast along channels."""
    for sizes in SIZES:
        for left in layouts(numbers.wholes(*sizes, dtype=INT8)):
            yield left, numbers.wholes(*sizes, dtype=INT8).as_strided(sizes, left.stride())
    images = numbers.wholes(2, 8, 3, 3, dtype=INT8).to(memory_format=torch.channels_last)
    channels = numbers.wholes(1, 8, 1, 1, dtype=INT8)
    yield images, channels
    yield channels, images


def elementwise(calls: Calls, numbers: Numbers) -> None:
    """Record what takes two tensors, or a table."""
    for left, right in pairs(numbers):
        for (first, second), (multiplier, shift) in itertools.product(((3, -7), (-128, 127)), SCALINGS):
            given = {"self": left, "self_zero_point": first, "self_multiplier": 1717986918, "self_shift": -1}
            given |= {"other": right, "other_zero_point": second, "other_multiplier": multiplier, "other_shift": shift}
            given |= {"output_zero_point": 5, "output_multiplier": 1288490189, "output_shift": -17}
            ask(calls, "quantized_add", {**given, "activation_min": -100, "activation_max": 90})
            given = {"self": left, "self_zero_point": first, "other": right, "other_zero_point": second}
            given |= {"output_zero_point": -3, "output_multiplier": multiplier, "output_shift": shift}
            ask(calls, "quantized_mul", given)
        if left.shape == right.shape:
            for scale, dtype in ((0.37, INT8), (91.5, torch.int16)):
                given = {"self": left.to(dtype) * (1 if dtype == INT8 else 200), "self_zero_point": 3}
                given |= {"other": right.to(dtype), "other_zero_point": -2, "output_zero_point": -9}
                ask(calls, "quantized_div", {**given, "output_scale": scale})
        for dtype in (INT8, torch.uint8, torch.int16, torch.int32, torch.float32, torch.float16, torch.bool):
            for name in ("minimum", "maximum"):
                ask(calls, name, {"self": left.to(dtype), "other": right.to(dtype)})
        ask(calls, "quantized_activation", {"input": left, "lut": numbers.wholes(256, dtype=INT8)})


def borders(calls: Calls, numbers: Numbers) -> None:
    """Record (de)quantize_per_tensor."""
    floats = (torch.float32, torch.float16, torch.bfloat16)
    for sizes, source, dtype in itertools.product(SIZES, floats, (INT8, torch.uint8, torch.int16, torch.int32)):
        limits = (-(2**24), 2**24) if dtype == torch.int32 else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)
        for x in layouts(numbers.extreme(*sizes, dtype=source)):
            given = {"input": x, "scale": 0.043, "zero_point": 7, "quant_min": limits[0], "quant_max": limits[1]}
            ask(calls, "quantize_per_tensor", {**given, "dtype": dtype})
            whole = numbers.wholes(*sizes, dtype=dtype).as_strided(sizes, x.stride())
            ask(calls, "dequantize_per_tensor", {**given, "input": whole, "dtype": dtype})


def linear(calls: Calls, numbers: Numbers) -> None:
    """Record quantized_linear and quantized_batch_matmul."""
    shapes = (((1, 1), 1), ((4, 7), 3), ((2, 3, 16), 5), ((33,), 9), ((0, 4), 2))
    for (sizes, columns), (multiplier, shift) in itertools.product(shapes, SCALINGS):
        depth = sizes[-1]
        sums = numbers.wholes(columns, dtype=torch.int32, least=-5000, most=5000)
        for (bias, kernel_sum), filter_offset in itertools.product(((None, None), (sums, None), (None, sums)), (-3, 0)):
            given = {"input": numbers.wholes(*sizes, dtype=INT8), "weights": numbers.wholes(columns, depth, dtype=INT8)}
            given |= {"bias": bias, "kernel_sum": kernel_sum, "input_offset": 12}
            given["filter_offset"] = filter_offset
            given |= {"output_offset": 4, "requantize_multipliers": [multiplier], "requantize_shifts": [shift - 5]}
            ask(calls, "quantized_linear", {**given, "activation_max": 120, "activation_min": -110})
    for (batch, rows, columns, inner), (multiplier, shift) in itertools.product(
        ((1, 1, 1, 1), (3, 4, 5, 17)), SCALINGS
    ):
        given = {"lhs": numbers.wholes(batch, rows, inner, dtype=INT8), "lhs_zero_point": -11}
        given |= {"rhs_transposed": numbers.wholes(batch, columns, inner, dtype=INT8), "rhs_zero_point": 128}
        given |= {"output_zero_point": 6, "output_multiplier": multiplier, "output_shift": shift - 4}
        ask(calls, "quantized_batch_matmul", {**given, "scratch": numbers.wholes(16, dtype=INT8)})


def movement(calls: Calls, numbers: Numbers) -> None:
    """Record transpose and pad."""
    for dtype in (INT8, torch.int16, torch.int32, torch.float32):
        for shape in ((3, 5), (2, 3, 4), (2, 3, 4, 5)):
            for perm in list(itertools.permutations(range(len(shape))))[::3]:
                for x in layouts(numbers.wholes(*shape, dtype=torch.int32).to(dtype)):
                    ask(calls, "transpose", {"input": x, "perm": list(perm)})
        for sizes in ((5,), (3, 5), (2, 3, 4), (2, 3, 4, 5), (2, 1, 3, 3), (2, 3, 1, 1), (0, 3, 4)):
            for x in layouts(numbers.wholes(*sizes, dtype=torch.int32).to(dtype)):
                for before, behind in (
                    ((0, 1, 2, 3), (1, 0, 2, 1)),
                    ((0, 0, 1, 1), (0, 0, 1, 1)),
                    ((0,) * 4, (0,) * 4),
                ):
                    given = {"input": x, "pre_pad": list(before), "post_pad": list(behind), "pad_value": -7}
                    ask(calls, "pad", given)


def softmax(calls: Calls, numbers: Numbers) -> None:
    """Record softmax."""
    for sizes in ((1,), (10,), (4, 7), (2, 3, 40), (2, 3, 4, 5)):
        for dim, (multiplier, shift) in itertools.product(
            (-1, 0), ((1073741824, 23), (1518500250, 20), (2147483647, 18))
        ):
            for x in layouts(numbers.wholes(*sizes, dtype=INT8)):
                given = {"input": x, "dim": dim, "input_zero_point": -11, "output_zero_point": -128}
                given |= {"input_multiplier": multiplier, "input_shift": shift, "diff_min": -240}
                ask(calls, "softmax", given)


def images(numbers: Numbers, *sizes: int) -> Iterator[tuple[str, torch.Tensor]]:
    """Return int8 images with what the operators' names that take them end in."""
    x = numbers.wholes(*sizes, dtype=INT8)
    yield "", x.to(memory_format=torch.channels_last)
    yield "", x
    yield "_nhwc", x.permute(0, 2, 3, 1).contiguous()


# Input, kernel, stride, padding, dilation.
WINDOWS = (
    ((1, 4, 1, 1), (1, 1), (1, 1), (0, 0), (1, 1)),
    ((2, 4, 5, 7), (1, 1), (1, 1), (0, 0), (1, 1)),
    ((1, 4, 9, 8), (3, 3), (2, 1), (1, 1), (1, 1)),
    ((2, 4, 9, 9), (3, 2), (1, 3), (0, 1), (2, 1)),
    ((1, 4, 12, 5), (5, 3), (2, 2), (2, 1), (1, 2)),
    ((1, 28, 5, 6), (3, 3), (1, 1), (1, 1), (1, 1)),
    ((1, 52, 4, 5), (2, 2), (2, 1), (1, 1), (2, 1)),
    ((1, 19, 3, 4), (1, 1), (1, 2), (0, 0), (1, 1)),
)


def convolutions(calls: Calls, numbers: Numbers) -> None:
    """Record the three convolutions."""
    for (sizes, kernel, stride, padding, dilation), has_bias in itertools.product(WINDOWS, (False, True)):
        for suffix, x in images(numbers, *sizes):
            window = {"stride": list(stride), "padding": list(padding), "dilation": list(dilation)}
            for groups, outputs in ((1, 6), (2, 6), (4, 4)):
                if sizes[1] % groups != 0:
                    continue
                weight = numbers.wholes(outputs, *kernel, sizes[1] // groups, dtype=INT8)
                given = {"input": x, "weight": weight, **window, **channels(numbers, outputs, has_bias)}
                ask(calls, f"quantized_conv2d{suffix}", given)
            for multiplier in (1, 3):
                outputs = sizes[1] * multiplier
                given = {"input": x, "weight": numbers.wholes(1, *kernel, outputs, dtype=INT8), **window}
                given |= {"depth_multiplier": multiplier, **channels(numbers, outputs, has_bias)}
                ask(calls, f"quantized_depthwise_conv2d{suffix}", given)
            one = {"input": x[:, :1] if suffix == "" else x[..., :1].contiguous()}
            given |= {**one, "weight": numbers.wholes(1, *kernel, 21, dtype=INT8), "depth_multiplier": 21}
            ask(calls, f"quantized_depthwise_conv2d{suffix}", {**given, **channels(numbers, 21, has_bias)})
            more = [int(each > 1) for each in stride]
            weight = numbers.wholes(5, *kernel, sizes[1], dtype=INT8)
            given = {"input": x, "weight": weight, **window, "output_padding": more, **channels(numbers, 5, has_bias)}
            ask(calls, f"quantized_transpose_conv2d{suffix}", {**given, "output_scratch": torch.zeros(8, dtype=INT8)})


def channels(numbers: Numbers, count: int, has_bias: bool) -> Mapping[str, Any]:
    """Return what a convolution is given for its output channels."""
    return {
        "bias": numbers.wholes(count, dtype=torch.int32, least=-9000, most=9000) if has_bias else None,
        "input_offset": 17,
        "output_offset": -6,
        "requantize_multipliers": numbers.wholes(count, dtype=torch.int32, least=2**30, most=2**31 - 1),
        "requantize_shifts": numbers.wholes(count, dtype=torch.int32, least=-11, most=-5),
        "activation_min": -120,
        "activation_max": 115,
        "scratch": torch.zeros(8, dtype=INT8),
    }


def pools(calls: Calls, numbers: Numbers) -> None:
    """Record the two pools."""
    for sizes, kernel, stride, padding, _ in (*WINDOWS, ((1, 3, 7, 7), (7, 7), (7, 7), (0, 0), (1, 1))):
        padded = [min(each, size // 2) for each, size in zip(padding, kernel, strict=True)]
        window = {"kernel_size": list(kernel), "stride": list(stride), "padding": padded}
        for suffix, x in images(numbers, *sizes):
            given = {"input": x, **window, "dilation": [1, 1], "ceil_mode": False, "input_zero_point": 3}
            given |= {"output_zero_point": 3, "activation_min": -100, "activation_max": 100}
            ask(calls, f"quantized_max_pool2d{suffix}", given)
            for rounds_up, (multiplier, shift) in itertools.product((False, True), ((1518500250, -4), (1073741824, 1))):
                given = {"input": x, **window, "ceil_mode": rounds_up, "zero_point": -8, "multiplier": multiplier}
                given |= {"shift": shift, "scratch": torch.zeros(8, dtype=INT8)}
                ask(calls, f"quantized_avg_pool2d{suffix}", given)


def recorded() -> Sequence[Call]:
    """Return all calls."""
    define_operators()
    calls, numbers = Calls.of_file("backends/cortex_m/ops/operators.yaml"), Numbers()
    for family in (elementwise, borders, linear, movement, softmax, convolutions, pools):
        family(calls, numbers)
    return calls.made


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Some operators are said to be experimental.
        write_calls(Path(sys.argv[1]), recorded())
