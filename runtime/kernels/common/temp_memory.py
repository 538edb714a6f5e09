"""How much temporary memory kernels ask for, by a call's shapes: bytes, and those that they cannot do without.

The build of an image asks; the board's calls get as much. What is said here in Python the kernels' sources say in C++:
//runtime/kernels/proof:temp_memory_test and images' own runs hold them to each other. Knows no image, and no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

FLOATS = 4
HALVES = ("float16", "bfloat16")
BASE = 64
"""What temporary memory begins at a multiple of."""
PANEL = 16
"""Columns of a packed panel; no vectors of a board make tiles wider."""
DOT_ROWS = 8
GEMM_FLOATS = 131072
PANEL_FLOATS = 65536
DEEP = 1024
SLACK = 16
BLOCK, ROUNDED, ROUNDED_ALIGNMENT = 32, 72, 4


def needs(*parts: tuple[int, int]) -> tuple[int, int]:
    """Return what parts of (bytes, alignment) take behind each other, none of which the kernel can do without."""
    end = 0
    for size, alignment in parts:
        end = _up(end, alignment) + size
    return end, end


# --- Products of matrices


@dataclass(frozen=True)
class Product:
    """As math::Gemm has it: of `a` and `b` the steps to the next row and the next column."""

    rows: int
    columns: int
    depth: int
    a: tuple[int, int]
    b: tuple[int, int]


def gemm_bytes(product: Product, vectors: str) -> int:
    """Return math::gemm_scratch: `vectors` is "mve", "" for none, "plain" for loops."""
    if vectors == "plain" or (product.b[0] == 1 and product.a[1] == 1 and product.rows <= DOT_ROWS):
        return 0
    if product.b[1] != 1 and product.rows < product.columns:
        product = Product(product.columns, product.rows, product.depth, product.b[::-1], product.a[::-1])
    if product.b[1] != 1 or product.rows > 2 * _tile_rows(vectors):
        fitting = max(GEMM_FLOATS // max(product.depth, 1) // PANEL * PANEL, PANEL)
        columns = fitting if fitting <= product.columns else _up(product.columns, PANEL)
    else:
        columns = PANEL if product.columns % PANEL else 0
    floats = _up(columns * product.depth, 16)
    return floats * FLOATS + BASE if floats else 0


def _most_gemm_bytes(product: Product, vectors: str) -> int:
    """Return the most that products of up to these sizes ask for."""
    if vectors == "plain":
        return 0
    widest = _up(max(product.rows, product.columns), PANEL) * product.depth
    return _up(min(widest, max(GEMM_FLOATS, PANEL * product.depth)), 16) * FLOATS + BASE


def _tile_rows(vectors: str) -> int:
    return 3 if vectors == "mve" else 4


def _multiply(call: Any, product: Product, dtype: str) -> tuple[int, int]:
    if dtype == "float32":
        bytes_of = gemm_bytes if call.is_static else _most_gemm_bytes
        return bytes_of(product, call.vectors), 0
    if dtype not in HALVES:
        return 0, 0
    rows, columns = min(product.rows, 64), min(product.columns, 64)
    return FLOATS * ((rows + columns) * product.depth + 2 * rows * columns), 0


def linear(call: Any) -> tuple[int, int]:
    """aten::linear.out(input, weight, bias, out)."""
    given, weight = call.arguments[:2]
    depth = given.sizes[-1]
    columns = weight.sizes[0] if len(weight.sizes) == 2 else 1
    right = (weight.strides[1], weight.strides[0]) if len(weight.sizes) == 2 else (1, depth)
    rows = prod(given.sizes[:-1])
    return _multiply(call, Product(rows, columns, depth, (depth, given.strides[-1]), right), given.dtype)


def matrices(call: Any) -> tuple[int, int]:
    """aten::mm.out, aten::bmm.out, and aten::addmm.out, whose first argument is what is added."""
    tensors = [each for each in call.arguments if hasattr(each, "sizes")]
    left, right = tensors[-3:-1]
    rows, depth = left.sizes[-2:]
    product = Product(rows, right.sizes[-1], depth, left.strides[-2:], right.strides[-2:])
    return _multiply(call, product, left.dtype)


# --- Convolutions


@dataclass(frozen=True)
class Convolution:
    """As math::ConvolutionShape has it; (height, width) each, and steps to the next channel, row and column."""

    batch: int
    groups: int
    channels: tuple[int, int]
    """In, and out."""
    given: tuple[int, int]
    made: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    is_transposed: bool
    given_steps: tuple[int, int, int]
    made_steps: tuple[int, int, int]


def convolution_bytes(shape: Convolution, vectors: str, *, is_static: bool = True) -> int:
    """Return math::convolution_scratch; for tensors that may be smaller the most that it is."""
    if vectors == "plain" or min(shape.batch, shape.channels[1], *shape.made) <= 0:
        return 0
    if min(shape.channels[0], *shape.kernel) <= 0 or not _is_dense(shape.made_steps, shape.made):
        return 0
    is_each = not shape.is_transposed and shape.groups == shape.channels[0]
    if is_each and shape.given_steps[2] == 1 and shape.made_steps[2] == 1:
        return _up(_padded(shape), 16) * FLOATS + BASE
    taps = prod(shape.kernel)
    if is_each and shape.given_steps[0] == shape.made_steps[0] == 1 and shape.channels[1] == shape.groups:
        return _up(shape.channels[1], 16) * taps * FLOATS + BASE
    is_point = taps == 1 and shape.stride == (1, 1) and shape.padding == (0, 0) and shape.given == shape.made
    if is_point and _is_dense(shape.given_steps, shape.given):
        return (gemm_bytes if is_static else _most_gemm_bytes)(_pointwise(shape), vectors)
    return _panel_bytes(shape)


def _is_dense(steps: tuple[int, int, int], sizes: tuple[int, int]) -> bool:
    return sizes[0] == 1 or steps[1] == sizes[1] * steps[2]


def _padded(shape: Convolution) -> int:
    """Return the floats of a channel with its border."""
    reach = [(size - 1) * dilation for size, dilation in zip(shape.kernel, shape.dilation, strict=True)]
    parts = min(shape.stride[1], 1 + reach[1])
    part = _up(shape.made[1], 16) + reach[1] // shape.stride[1]
    rows = (shape.made[0] - 1) * shape.stride[0] + reach[0] + 1
    return rows * parts * part


def _pointwise(shape: Convolution) -> Product:
    inner, outer = (channels // shape.groups for channels in shape.channels)
    weights = (1, outer) if shape.is_transposed else (inner, 1)
    pixels = prod(shape.made)
    if shape.made_steps[2] == 1 and pixels > 1:
        return Product(outer, pixels, inner, weights, (shape.given_steps[0], shape.given_steps[2]))
    return Product(pixels, outer, inner, (shape.given_steps[2], shape.given_steps[0]), weights[::-1])


def _panel_bytes(shape: Convolution) -> int:
    channels, taps = shape.channels[0] // shape.groups, prod(shape.kernel)
    weights = _up(shape.channels[1] * channels * taps, 16) if shape.is_transposed else 0
    has_border = not shape.is_transposed and shape.given_steps[2] == 1
    border = _up(channels * _padded(shape) + SLACK, 16) if has_border else 0
    step = taps * (channels if channels * taps <= 2 * DEEP else max(DEEP // taps, 1))
    columns = min(max(PANEL_FLOATS // step // PANEL * PANEL, PANEL), _up(prod(shape.made), PANEL))
    return (weights + border + step * columns + SLACK) * FLOATS + BASE


def convolution(call: Any) -> tuple[int, int]:
    """aten::convolution.out(input, weight, bias, stride, padding, dilation, transposed, …, groups, out)."""
    given, weight, out = call.arguments[0], call.arguments[1], call.arguments[9]
    if given.dtype != "float32" or len(given.sizes) > 4:
        return 0, 0
    stride, padding, dilation = (
        _window(call.arguments[at], len(given.sizes) - 2, rest) for at, rest in ((3, 1), (4, 0), (5, 1))
    )
    is_transposed, groups = call.arguments[6], call.arguments[8]
    shape = Convolution(
        given.sizes[0], groups, (given.sizes[1], out.sizes[1]), _plane(given.sizes), _plane(out.sizes),
        _plane(weight.sizes), stride, padding, dilation, is_transposed, _steps(given), _steps(out),
    )  # fmt: skip
    wanted = convolution_bytes(shape, call.vectors, is_static=call.is_static)
    if not call.is_static:  # A side or a plane of one element is computed otherwise.
        wanted = max(wanted, *(convolution_bytes(each, call.vectors, is_static=False) for each in _smaller(shape)))
    copy = 0 if weight.is_contiguous else weight.nbytes
    return needs((copy, FLOATS), (wanted, BASE))[0], 0


def _smaller(shape: Convolution) -> Iterator[Convolution]:
    for made in ((1, shape.made[1]), (shape.made[0], 1), (1, 1)):
        yield replace(shape, made=made)


def _plane(sizes: tuple[int, ...]) -> tuple[int, int]:
    return (sizes[-2], sizes[-1]) if len(sizes) == 4 else (1, sizes[-1])


def _steps(tensor: Any) -> tuple[int, int, int]:
    strides = tensor.strides
    return (strides[1], strides[2], strides[3]) if len(strides) == 4 else (strides[1], 0, strides[2])


def _window(values: tuple[int, ...], rank: int, rest: int) -> tuple[int, int]:
    """Return the values of height and width: one may stand for all."""
    every = [values[0]] * rank if len(values) == 1 else list(values) or [rest] * rank
    return (every[0], every[1]) if rank == 2 else (rest, every[0])


def convolution_backward(_call: Any) -> None:
    """aten::convolution_backward.out: nobody has counted."""


# --- Others: all but the first cannot do without


def blocks(call: Any) -> tuple[int, int]:
    """gguf::linear.out and int4::linear_8da4w.out: the rows of the input, rounded."""
    out = call.arguments[-1]
    if prod(out.sizes) == 0:
        return 0, 0
    return prod(out.sizes[:-1]) * (call.arguments[0].sizes[-1] // BLOCK) * ROUNDED + ROUNDED_ALIGNMENT, 0


def scatter_add(call: Any) -> tuple[int, int]:
    """aten::scatter_add.out(self, dim, index, src, out): sums of halves are floats."""
    out = call.arguments[4]
    return needs((prod(out.sizes) * FLOATS, 8)) if out.dtype in HALVES else (0, 0)


def topk(call: Any) -> tuple[int, int]:
    """aten::topk.values(self, k, dim, largest, sorted, values, indices): a line's largest, each with its place."""
    return needs((max(call.arguments[1], 1) * 16, 8)) if prod(call.arguments[5].sizes) else (0, 0)


def fourier(call: Any) -> tuple[int, int]:
    """aten::_fft_r2c.out and aten::_fft_c2r.out(self, dims, …, out): a line twice, and its roots."""
    given, dims, out = call.arguments[0], call.arguments[1], call.arguments[4]
    is_real = given.dtype in ("float32", "float64")
    real, other = (given, out) if is_real else (out, given)
    one = 16 if real.dtype == "float64" else 8
    lines = [3 * real.sizes[dims[-1]], *(3 * other.sizes[dim] for dim in dims[:-1] if other.sizes[dim] > 1)]
    copy = prod(given.sizes) * one if not is_real and len(dims) > 1 else 0
    return needs((copy, 8), *((line * one, 8) for line in lines))


def hadamard(call: Any) -> tuple[int, int]:
    """llama::fast_hadamard_transform.out(input, out): a row of halves as floats."""
    given = call.arguments[0]
    return needs((given.sizes[-1] * FLOATS, FLOATS)) if given.dtype in HALVES else (0, 0)


def _up(number: int, unit: int) -> int:
    return (number + unit - 1) // unit * unit
