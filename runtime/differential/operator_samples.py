"""Random calls of ATen operators: for tensors at hand, an operator that takes them and arguments that it takes.

Knows the operators' arguments, not how programs are put together. Raises Unfit if the tensors at hand do not suit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import torch
from plan_builder import Node, PlanBuilder

aten = torch.ops.aten
Sample = Callable[[PlanBuilder, Random, Node], list[Node]]

FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
INTS = (torch.int64, torch.int32, torch.uint8, torch.int8, torch.int16)
UNARY = (
    "abs acos acosh asin asinh atan atanh ceil cos cosh erf exp expm1 floor isinf isnan log log10 log1p "
    "log2 neg reciprocal relu round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc logical_not clone "
    "detach_copy alias_copy lift_fresh_copy full_like gelu elu leaky_relu hardtanh logit t_copy "
    "bitwise_not _conj_physical"
).split()
COMPARED = "eq ne lt le gt ge".split()
BINARY = "add sub mul div minimum maximum logical_and logical_or logical_xor atan2 floor_divide".split()
MOST_ELEMENTS = 4096


class Unfit(Exception):  # noqa: N818 -- it is no error: another operator is tried
    """The tensors at hand do not suit this operator."""


def need(holds: bool) -> None:
    """Raise Unfit unless it holds."""
    if not holds:
        raise Unfit


def constant(plan: PlanBuilder, random: Random, dtype: torch.dtype, sizes: Sequence[int], high: int = 4) -> Node:
    """Add a constant of random elements; of integers in [0, high)."""
    generator = torch.Generator().manual_seed(random.getrandbits(31))
    if dtype.is_floating_point:
        return plan.constant((torch.rand(list(sizes), generator=generator) * 4 - 2).to(dtype))
    content = torch.randint(0, high, list(sizes), generator=generator)
    return plan.constant(content.to(dtype))


def unary(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call an operator of one tensor."""
    name = random.choice(UNARY)
    need(name != "bitwise_not" or not x.dtype.is_floating_point)
    need(name not in ("elu", "logit") or x.dtype.is_floating_point)
    if name == "full_like":
        return plan.call("full_like.out", aten.full_like, x, random.choice([1, 2.5, True]))
    if name == "logit":
        return plan.call("logit.out", aten.logit, x, 0.1)
    if name == "gelu":
        return plan.call("gelu.out", aten.gelu, x, approximate=random.choice(["none", "tanh"]))
    return plan.call(f"{name}.out", getattr(aten, name).default, x)


def partner(plan: PlanBuilder, random: Random, x: Node) -> Node:
    """Return a tensor that broadcasts with this one."""
    sizes = [random.choice([size, size, size, 1]) for size in x.sizes][random.choice([0, 0, 1]) :]
    dtype = x.dtype if random.random() < 0.8 else random.choice([torch.float32, torch.int64, torch.int32, torch.bool])
    return constant(plan, random, dtype, sizes)


def binary(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call an operator of two tensors that broadcast."""
    name, y = random.choice(BINARY), partner(plan, random, x)
    x, y = random.choice([(x, y), (y, x)])
    overload = "Tensor" if name in ("add", "sub", "mul", "div") else "default"
    more = {"alpha": random.choice([1, 2])} if name in ("add", "sub") and random.random() < 0.5 else {}
    need(name != "sub" or torch.bool not in (x.dtype, y.dtype))
    return plan.call(f"{name}.out", getattr(getattr(aten, name), overload), x, y, **more)


def other_binary(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call one whose overloads are named otherwise."""
    y = partner(plan, random, x)
    name = random.choice(["remainder", "fmod", "pow", "div", "bitwise", "copy", "compared"])
    if name in ("remainder", "fmod"):
        return plan.call(f"{name}.Tensor_out", getattr(aten, name).Tensor, x, y)
    if name == "pow":
        return plan.call("pow.Tensor_Tensor_out", aten.pow.Tensor_Tensor, x, y)
    if name == "div":
        return plan.call("div.out_mode", aten.div.Tensor_mode, x, y, rounding_mode=random.choice(["trunc", "floor"]))
    if name == "copy":
        return plan.call("copy.out", aten.copy, x, y, False)
    if name == "compared":
        name = random.choice(COMPARED)
        return plan.call(f"{name}.Tensor_out", getattr(aten, name).Tensor, x, y)
    need(not x.dtype.is_floating_point and not y.dtype.is_floating_point)
    name = random.choice(["bitwise_and", "bitwise_or", "bitwise_xor"])
    return plan.call(f"{name}.Tensor_out", getattr(aten, name).Tensor, x, y)


def scalar(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call an operator of a tensor and a number."""
    number = random.choice([2, 3, 0.5, -1.25, 1])
    name = random.choice([*COMPARED, "add", "sub", "mul", "div", "rsub", "remainder", "fmod", "pow", "base", "bitwise"])
    need(x.dtype != torch.bool)
    if name == "pow":
        return plan.call("pow.Tensor_Scalar_out", aten.pow.Tensor_Scalar, x, number)
    if name == "base":
        return plan.call("pow.Scalar_out", aten.pow.Scalar, number, x)
    if name == "bitwise":
        need(not x.dtype.is_floating_point)
        name, number = random.choice(["bitwise_and", "bitwise_or", "bitwise_xor"]), random.choice([1, 6])
    return plan.call(f"{name}.Scalar_out", getattr(aten, name).Scalar, x, number)


def clamped(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call clamp, with a bound or two; where; masked_fill."""
    need(x.dtype != torch.bool)
    kind = random.randrange(3)
    if kind == 0:
        low, high = random.choice([(-1, 1), (None, 1), (0.5, None), (-0.5, 1.5)])
        return plan.call("clamp.out", aten.clamp, x, low, high)
    mask = constant(plan, random, torch.bool, x.sizes, 2)
    if kind == 1:
        return plan.call("where.self_out", aten.where.self, mask, x, partner(plan, random, x))
    return plan.call("masked_fill.Scalar_out", aten.masked_fill.Scalar, x, mask, random.choice([0, 1.5, -3]))


def reduction(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Reduce over some of the dimensions."""
    need(len(x.sizes) > 0 and 0 not in x.sizes)
    name = random.choice("sum mean amax amin any argmax argmin prod var max min cumsum mean_all any_all".split())
    dim, keep = random.randrange(-len(x.sizes), len(x.sizes)), random.random() < 0.5
    if name in ("mean", "var"):
        need(x.dtype.is_floating_point)
    if name == "sum":
        return plan.call("sum.IntList_out", aten.sum.dim_IntList, x, [dim], keep)
    if name == "mean":
        return plan.call("mean.out", aten.mean.dim, x, random.choice([[dim], None]), keep)
    if name == "var":
        return plan.call("var.correction_out", aten.var.correction, x, [dim], correction=1, keepdim=keep)
    if name in ("amax", "amin"):
        return plan.call(f"{name}.out", getattr(aten, name), x, [dim], keep)
    if name in ("argmax", "argmin"):
        return plan.call(f"{name}.out", getattr(aten, name), x, random.choice([dim, None]), keep)
    if name in ("max", "min"):
        return plan.call(f"{name}.dim_{name}", getattr(aten, name).dim, x, dim, keep)
    if name == "any":
        return plan.call("any.out", aten.any.dim, x, dim, keep)
    if name == "any_all":
        return plan.call("any.all_out", aten.any, x)
    if name == "cumsum":
        return plan.call("cumsum.out", aten.cumsum, x, dim)
    if name == "prod":
        return plan.call("prod.int_out", aten.prod.dim_int, x, dim, keep)
    return plan.call("sum.IntList_out", aten.sum.dim_IntList, x, None, keep)


def softmax(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Call softmax, its logarithm, layer_norm, topk or glu."""
    need(len(x.sizes) > 0 and 0 not in x.sizes and x.dtype.is_floating_point)
    dim, kind = random.randrange(-len(x.sizes), len(x.sizes)), random.randrange(5)
    if kind == 0:
        return plan.call("_softmax.out", aten._softmax, x, dim, False)
    if kind == 1:
        return plan.call("_log_softmax.out", aten._log_softmax, x, dim, False)
    if kind == 2:
        return plan.call("topk.values", aten.topk, x, random.randint(1, x.sizes[dim]), dim)
    if kind == 3:
        need(x.sizes[dim] % 2 == 0)
        return plan.call("glu.out", aten.glu, x, dim)
    weight = random.choice([None, constant(plan, random, x.dtype, x.sizes[-1:])])
    return plan.call("native_layer_norm.out", aten.native_layer_norm, x, [x.sizes[-1]], weight, weight, 1e-5)


def view(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Give it another shape, or its elements another order."""
    rank, count = len(x.sizes), math.prod(x.sizes)
    kind = random.randrange(9)
    if kind == 0:
        halves = [2, count // 2] if count % 2 == 0 else [1, count]
        return plan.call("view_copy.out", aten.view_copy, x, random.choice([halves, [-1], [count, 1]]))
    if kind == 1:
        return plan.call("unsqueeze_copy.out", aten.unsqueeze_copy, x, random.randint(-rank - 1, rank))
    need(rank > 0)
    dim = random.randrange(-rank, rank)
    if kind == 2:
        return plan.call("permute_copy.out", aten.permute_copy, x, random.sample(range(rank), rank))
    if kind == 3:
        return plan.call("transpose_copy.int_out", aten.transpose_copy.int, x, dim, random.randrange(rank))
    if kind == 4:
        return plan.call("squeeze_copy.dims_out", aten.squeeze_copy.dims, x, [dim])
    if kind == 5:
        return plan.call("flip.out", aten.flip, x, [dim])
    if kind == 6:
        return plan.call("expand_copy.out", aten.expand_copy, x, [random.randint(1, 3), *x.sizes])
    if kind == 7:
        return plan.call("repeat.out", aten.repeat, x, [random.randint(1, 2) for _ in range(rank)])
    return plan.call("roll.out", aten.roll, x, [random.randint(-2, 2)], [dim])


def piece(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Take a part of it, or parts."""
    rank = len(x.sizes)
    need(rank > 0 and 0 not in x.sizes)
    dim, kind = random.randrange(-rank, rank), random.randrange(8)
    size = x.sizes[dim]
    if kind == 0:
        return plan.call("select_copy.int_out", aten.select_copy.int, x, dim, random.randrange(-size, size))
    if kind == 1:
        start, step = random.randrange(size), random.randint(1, 2)
        return plan.call(
            "slice_copy.Tensor_out", aten.slice_copy.Tensor, x, dim, start, random.choice([None, size]), step
        )
    if kind == 2:
        start = random.randrange(size)
        return plan.call("narrow_copy.out", aten.narrow_copy, x, dim, start, random.randint(0, size - start))
    if kind == 3:
        return plan.call("split_copy.Tensor_out", aten.split_copy.Tensor, x, random.randint(1, size), dim)
    if kind == 4:
        first = random.randint(0, size)
        split = aten.split_with_sizes_copy
        return plan.call("split_with_sizes_copy.out", split, x, [first, size - first], dim)
    if kind == 5:
        return plan.call("unbind_copy.int_out", aten.unbind_copy.int, x, dim)
    if kind == 6:
        return plan.call("constant_pad_nd.out", aten.constant_pad_nd, x, [random.randint(0, 2), 1], 0.5)
    need(rank > 1)
    return plan.call("diagonal_copy.out", aten.diagonal_copy, x, random.randint(-1, 1), 0, 1)


def joined(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Join it with others."""
    rank = len(x.sizes)
    need(rank > 0)
    parts = [x, *(constant(plan, random, x.dtype, x.sizes) for _ in range(random.randint(1, 3)))]
    random.shuffle(parts)
    if random.random() < 0.7:
        return plan.call("cat.out", aten.cat, parts, random.randrange(-rank, rank))
    return plan.call("stack.out", aten.stack, parts, random.randint(-rank - 1, rank))


def product(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Multiply matrices."""
    need(len(x.sizes) in (2, 3) and x.dtype != torch.bool)
    inner, width = x.sizes[-1], random.randint(1, 6)
    if len(x.sizes) == 3:
        return plan.call("bmm.out", aten.bmm, x, constant(plan, random, x.dtype, [x.sizes[0], inner, width]))
    if random.random() < 0.3 and x.dtype.is_floating_point:
        bias = random.choice([None, constant(plan, random, x.dtype, [width])])
        weight = constant(plan, random, x.dtype, [width, inner])
        return plan.call("linear.out", aten.linear, x, weight, bias)
    weight = constant(plan, random, x.dtype, [inner, width])
    if random.random() < 0.5:
        return plan.call("mm.out", aten.mm, x, weight)
    bias = constant(plan, random, x.dtype, [width])
    more = {"beta": random.choice([1, 2]), "alpha": random.choice([1, 3])}
    return plan.call("addmm.out", aten.addmm, bias, x, weight, **more)


def indexed(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Choose elements by other tensors."""
    rank = len(x.sizes)
    need(rank > 0 and 0 not in x.sizes)
    dim, kind = random.randrange(rank), random.randrange(8)
    chosen = constant(plan, random, torch.int64, [random.randint(1, 4)], x.sizes[dim])
    if kind == 0:
        return plan.call("index_select.out", aten.index_select, x, dim, chosen)
    if kind == 1:
        return plan.call("index.Tensor_out", aten.index.Tensor, x, [*[None] * dim, chosen])
    like = constant(plan, random, torch.int64, x.sizes, x.sizes[dim])
    if kind == 2:
        return plan.call("gather.out", aten.gather, x, dim, like)
    if kind == 3:
        return plan.call("scatter.src_out", aten.scatter.src, x, dim, like, constant(plan, random, x.dtype, x.sizes))
    if kind == 4:
        return plan.call("scatter.value_out", aten.scatter.value, x, dim, like, 1)
    if kind == 5:
        return plan.call("scatter_add.out", aten.scatter_add, x, dim, like, constant(plan, random, x.dtype, x.sizes))
    if kind == 6:
        rows = constant(plan, random, torch.int64, [2], x.sizes[0])
        return plan.call("index_put.out", aten.index_put, x, [rows], constant(plan, random, x.dtype, [2, *x.sizes[1:]]))
    need(rank == 2)
    asked = constant(plan, random, torch.int64, random.choice([[3], [2, 2]]), x.sizes[0])
    return plan.call("embedding.out", aten.embedding, x, asked)


def converted(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Give it another dtype."""
    dtype = random.choice([*FLOATS, *INTS, torch.bool])
    return plan.call("_to_copy.out", aten._to_copy, x, dtype=dtype)


def reordered(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Lay its dimensions out in another order."""
    need(len(x.sizes) == 4)
    order = random.choice([[0, 2, 3, 1], [0, 1, 2, 3]])
    out = plan.tensor(x.dtype, x.sizes, order)
    name = random.choice(["_to_dim_order_copy", "_clone_dim_order"])
    given = [x.index, plan.scalar(False), random.choice([plan.ints(order), plan.argument(None, "")])]
    plan.kernel(f"dim_order_ops::{name}", "out", [*given, out.index, out.index])
    return [out]


def image(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Convolve or pool it."""
    need(len(x.sizes) == 4 and min(x.sizes) > 0 and min(x.sizes[2:]) > 2 and x.dtype == torch.float32)
    kind, channels = random.randrange(4), x.sizes[1]
    if kind == 0:
        weight = constant(plan, random, x.dtype, [2, channels, random.choice([1, 3]), 3])
        bias = random.choice([None, constant(plan, random, x.dtype, [2])])
        args = [[random.randint(1, 2)] * 2, [1, 1], [1, 1], False, [0, 0], 1]
        return plan.call("convolution.out", aten.convolution, x, weight, bias, *args)
    if kind == 1:
        return plan.call("avg_pool2d.out", aten.avg_pool2d, x, [2, 2], [random.randint(1, 2)] * 2)
    if kind == 2:
        return plan.call("max_pool2d_with_indices.out", aten.max_pool2d_with_indices, x, [2, 2], [1, 1])
    return plan.call("upsample_nearest2d.vec_out", aten.upsample_nearest2d.vec, x, None, [2.0, 2.0])


def created(plan: PlanBuilder, random: Random, x: Node) -> list[Node]:
    """Make a tensor of none."""
    kind, sizes = random.randrange(5), list(x.sizes)
    if kind == 0:
        return plan.call("full.out", aten.full, sizes, random.choice([3, 0.25]))
    if kind == 1:
        return plan.call("zeros.out", aten.zeros, sizes)
    if kind == 2:
        return plan.call("ones.out", aten.ones, sizes)
    if kind == 3:
        return plan.call("arange.start_out", aten.arange.start_step, 1, random.randint(2, 9), 2)
    return plan.call("scalar_tensor.out", aten.scalar_tensor, 2.5)


SAMPLES: tuple[Sample, ...] = (
    unary, unary, unary, binary, binary, binary, other_binary, scalar, scalar, clamped, reduction, reduction, softmax,
    view, view, piece, piece, joined, product, product, indexed, indexed, converted, reordered, image, created,
)  # fmt: skip


def random_call(plan: PlanBuilder, random: Random, nodes: Sequence[Node]) -> list[Node]:
    """Call some operator that takes one of these tensors; return what it gives."""
    for _ in range(100):
        values, data, arenas = len(plan.values), len(plan.data.constants), list(plan.arenas)
        x = random.choice(nodes)
        try:
            results = random.choice(SAMPLES)(plan, random, x)
        except (Unfit, RuntimeError, IndexError, NotImplementedError, ValueError, TypeError):
            del plan.values[values:], plan.data.constants[data:]
            plan.arenas = arenas
            continue
        if sum(math.prod(node.sizes) for node in results) <= MOST_ELEMENTS:
            return results
        del plan.values[values:], plan.data.constants[data:], plan.instructions[-1]
        plan.arenas = arenas
    raise RuntimeError(f"no operator takes any of {nodes}")
