"""Random valid programs, kind by kind: chains of operators, changing shapes, states, control flow, scalars, methods.

Each kind is a function of a Random that returns methods and the data they share. Knows no file format.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch
from executorch.exir import schema
from executorch.exir.schema import TensorShapeDynamism as Shape
from operator_samples import FLOATS, INTS, random_call
from plan_builder import Data, Given, Node, PlanBuilder

SIZES = ([2, 3], [4], [2, 3, 4], [], [1, 3, 6, 6], [2, 4, 4, 4], [3, 1, 2], [5, 5], [0, 3], [8, 6], [1])
PRIM = "executorch_prim::"
Methods = tuple[list[PlanBuilder], Data]

BINARY = ["add", "sub", "mul", "floordiv", "truediv", "mod", "eq", "gt", "lt", "ge", "le", "sym_max", "sym_min"]
UNARY = ["neg", "ceil", "round", "trunc", "sym_float", "sym_int", "sym_not"]
RESULTS = {"truediv": 1.5, "sym_float": 1.5, **dict.fromkeys(("eq", "gt", "lt", "ge", "le", "sym_not"), True)}
INTEGRAL = frozenset({"ceil", "round", "trunc", "sym_int"})


def chain(random: Random) -> Methods:
    """Some operators behind each other."""
    data = Data()
    return [graph(random, data, "forward")], data


def dynamic(random: Random) -> Methods:
    """Tensors whose sizes are upper bounds, or unknown."""
    data = Data()
    plan = PlanBuilder("forward", data, random.choice([1, 2]))
    plan.dynamism = random.choice([Shape.DYNAMIC_BOUND] * 4 + [Shape.DYNAMIC_UNBOUND])
    return [graph(random, data, "forward", plan)], data


def methods(random: Random) -> Methods:
    """Several methods, which share constants."""
    data = Data()
    names = ["forward", "a", "encode_😀", "", "x" * 300]
    random.shuffle(names)
    return [graph(random, data, name) for name in names[: random.randint(2, 4)]], data


def graph(random: Random, data: Data, name: str, plan: PlanBuilder | None = None) -> PlanBuilder:
    """Return a method of some operators behind each other."""
    plan = plan or PlanBuilder(name, data, random.choice([1, 1, 1, 2, 3]))
    nodes = add_inputs(plan, random, random.randint(1, 3))
    results: list[Node] = []
    for _ in range(random.choice([0, 1, 2, 3, 4, 6, 9, 14])):
        results += random_call(plan, random, [*nodes, *results[-4:], *results[-2:]])
    finish(plan, random, nodes, results)
    return plan


def add_inputs(plan: PlanBuilder, random: Random, count: int) -> list[Node]:
    """Add inputs; a tensor is one of them at least."""
    nodes = []
    for _ in range(count):
        dtype = random.choice([torch.float32] * 6 + [*FLOATS, *INTS, torch.bool])
        sizes = random.choice(SIZES)
        order = [0, 2, 3, 1] if len(sizes) == 4 and random.random() < 0.2 else None
        nodes.append(plan.tensor(dtype, sizes, order, planned=random.random() < 0.6))
        plan.inputs.append(nodes[-1].index)
    for kind in random.sample(["int", "double", "bool", "string", "none", "list"], random.choice([0, 0, 0, 1, 2])):
        values = {"int": schema.Int(3), "double": schema.Double(0.5), "bool": schema.Bool(True)}
        values |= {"string": schema.String("mode"), "none": schema.Null(), "list": schema.BoolList([True, False])}
        plan.inputs.insert(random.randint(0, len(plan.inputs)), plan.value(values[kind]))
    return nodes


def finish(plan: PlanBuilder, random: Random, inputs: Sequence[Node], results: Sequence[Node]) -> None:
    """Choose outputs; some of them get their memory from the caller."""
    chosen = [*random.sample(list(results), min(len(results), random.randint(0, 3))), *results[-1:]]
    for node in dict.fromkeys(chosen or [random.choice(inputs)]):
        plan.outputs.append(node.index)
        if results and random.random() < 0.4:
            plan.values[node.index].val.allocation_info = None
    if random.random() < 0.15:
        plan.outputs.append(random.choice(inputs).index)
    if random.random() < 0.1:
        others = [schema.Null(), schema.Int(7), schema.String("s"), schema.Double(1e300), schema.Bool(False)]
        others += [schema.TensorList([plan.outputs[0]]), schema.DoubleList([0.5, 2.0])]
        plan.outputs.append(plan.value(random.choice(others)))


def states(random: Random) -> Methods:
    """Tensors that keep what a call wrote, with bytes to begin with or without; found by name."""
    data = Data()
    plan = PlanBuilder("forward", data, random.choice([1, 2]))
    sizes = random.choice([[2, 3], [4], [1, 2, 2]])
    [x] = [plan.tensor(torch.float32, sizes)]
    plan.inputs.append(x.index)
    kept: list[Node] = []
    for number in range(random.randint(1, 3)):
        content = torch.rand(sizes, generator=torch.Generator().manual_seed(random.getrandbits(31)))
        if random.random() < 0.7:
            kept.append(plan.state(content, f"state.{number}" if random.random() < 0.8 else None))
            continue
        named = schema.ExtraTensorInfo(fully_qualified_name=f"state.{number}")
        kept.append(plan.tensor(torch.float32, sizes, extra_tensor_info=named))
    for state in kept:
        [total] = plan.call("add.out", torch.ops.aten.add.Tensor, x, state)
        plan.kernel("aten::copy_", "", [state.index, total.index, plan.scalar(False), state.index])
        x = total
    plan.outputs += [x.index, *(state.index for state in kept if random.random() < 0.5)]
    others = [graph(random, data, "other")] if random.random() < 0.3 else []
    return [plan, *others], data


def branch(random: Random) -> Methods:
    """Code that is jumped over, by a Bool that is an input, is computed or is read from a tensor."""
    data = Data()
    plan = PlanBuilder("forward", data)
    [x] = add_inputs(plan, random, 1)
    condition = _condition(plan, random, x)
    jump = schema.JumpFalseCall(condition, 0)
    plan.add(jump)
    out = plan.tensor(x.dtype, x.sizes, x.order, planned=False)
    [first] = plan.call("neg.out", torch.ops.aten.neg, x) if x.dtype != torch.bool else [x]
    plan.add(schema.MoveCall(first.index, out.index))
    over = schema.JumpFalseCall(plan.scalar(False), 0)
    plan.add(over)
    jump.destination_instruction = len(plan.instructions)
    [second] = plan.call("clone.out", torch.ops.aten.clone, x)
    plan.add(schema.MoveCall(second.index, out.index))
    over.destination_instruction = len(plan.instructions)
    results = [out]
    if random.random() < 0.7:
        results += plan.call("clone.out", torch.ops.aten.clone, out)
    plan.outputs += [node.index for node in results[-1:]] + ([condition] if random.random() < 0.5 else [])
    if random.random() < 0.3:
        plan.add(schema.FreeCall(random.choice([first, second, results[-1]]).index))
    return [plan], data


def _condition(plan: PlanBuilder, random: Random, x: Node) -> int:
    """Return the index of a Bool."""
    result = plan.scalar(bool(random.getrandbits(1)))
    kind = random.randrange(3)
    if kind == 0:
        plan.inputs.append(result)
    elif kind == 1:
        number = plan.scalar(random.choice([3, 0.5]))
        plan.inputs.append(number)
        name = random.choice(["gt", "le", "eq"])
        plan.kernel(f"{PRIM}{name}", "Scalar", [number, plan.scalar(random.choice([2, 3, 0.5])), result])
    else:
        [some] = plan.call("any.all_out", torch.ops.aten.any, x)
        plan.kernel("aten::_local_scalar_dense", "", [some.index, result])
    return result


def loop(random: Random) -> Methods:
    """A count, a jump backwards, a carried tensor."""
    data = Data()
    plan = PlanBuilder("forward", data)
    [x] = [plan.tensor(torch.float32, random.choice([[3], [2, 2]]))]
    limit, count, one = plan.scalar(3), plan.scalar(0), plan.scalar(1)
    plan.inputs += [x.index, limit]
    plan.add(schema.MoveCall(plan.scalar(0), count))
    [carried] = plan.call("clone.out", torch.ops.aten.clone, x)
    start = len(plan.instructions)
    [sum_] = plan.call("add.out", torch.ops.aten.add.Tensor, carried, x)
    plan.kernel("aten::copy_", "", [carried.index, sum_.index, plan.scalar(False), carried.index])
    plan.kernel(f"{PRIM}add", "Scalar", [count, one, count])
    done = plan.scalar(False)
    plan.kernel(f"{PRIM}ge", "Scalar", [count, limit, done])
    plan.add(schema.JumpFalseCall(done, start))
    plan.outputs += [carried.index, count]
    return [plan], data


def mapped(random: Random) -> Methods:
    """Rows that are taken, worked on and written back one by one, as `map` does; or views that share memory."""
    data = Data()
    plan = PlanBuilder("forward", data)
    rows = random.randint(1, 4)
    [x] = [plan.tensor(torch.float32, [rows, 3])]
    index, one, size = plan.scalar(0), plan.scalar(1), plan.scalar(0)
    plan.inputs.append(x.index)
    plan.kernel("aten::sym_size", "int", [x.index, plan.scalar(0), size])
    plan.add(schema.MoveCall(plan.scalar(0), index))
    start = len(plan.instructions)
    [row] = plan.call("select_copy.int_out", torch.ops.aten.select_copy.int, x, 0, Given(index, 0))
    [worked] = plan.call("mul.out", torch.ops.aten.mul.Tensor, row, row)
    shape = Shape.DYNAMIC_BOUND if random.random() < 0.8 else Shape.STATIC
    out = plan.tensor(torch.float32, [rows, 3], shape_dynamism=shape)
    plan.kernel(f"{PRIM}et_copy_index", "tensor", [out.index, worked.index, index, out.index])
    plan.kernel(f"{PRIM}add", "Scalar", [index, one, index])
    done = plan.scalar(False)
    plan.kernel(f"{PRIM}eq", "Scalar", [index, size, done])
    plan.add(schema.JumpFalseCall(done, start))
    plan.outputs += [out.index, size]
    return [plan], data


def viewed(random: Random) -> Methods:
    """et_view: a tensor without memory of its own."""
    data = Data()
    plan = PlanBuilder("forward", data)
    plan.dynamism = random.choice([Shape.STATIC, Shape.DYNAMIC_BOUND])
    x = plan.tensor(torch.float32, [2, 6], planned=random.random() < 0.7)
    plan.inputs.append(x.index)
    sizes = random.choice([[3, 4], [12], [-1], [2, -1], [1, 2, 6], [5], [-1, -1], [0], [7, -1], [2, 6]])
    formed = random.choice([[3, 4], [12], [2, 6]]) if -1 in sizes or sizes in ([5], [0]) else sizes
    out = plan.tensor(torch.float32, formed, planned=random.random() < 0.1)
    plan.kernel(f"{PRIM}et_view", "default", [x.index, plan.ints(sizes), out.index])
    [copy] = plan.call("clone.out", torch.ops.aten.clone, out)
    plan.outputs += random.choice([[copy.index], [out.index], [copy.index, out.index]])
    return [plan], data


def scalars(random: Random) -> Methods:
    """Prim operators on numbers of any kind."""
    data = Data()
    plan = PlanBuilder("forward", data)
    x = plan.tensor(random.choice([torch.float32, torch.int64, torch.bool]), random.choice([[2, 3], [], [1]]))
    numbers = [7, -3, 0, 2.5, -0.5, True, False, 1e30, -7.5, 9223372036854775807]
    have = [(plan.scalar(number), number) for number in random.sample(numbers, 3)]
    plan.inputs += [x.index, *(index for index, _ in have)]
    have += [(plan.scalar(number), number) for number in random.sample(numbers, 2)]
    for _ in range(random.randint(1, 6)):
        (a, of), (b, _) = random.choice(have), random.choice(have)
        name = random.choice([*BINARY, *UNARY, "sym_ite", "sym_numel", "sym_size", "item", "int"])
        like = RESULTS.get(name, 0 if name in INTEGRAL else of)
        wrong = random.random() < 0.1
        out = plan.scalar(random.choice([0, 0.5, True]) if wrong else like)
        _scalar_call(plan, random, name, [a, b, out], x)
        have.append((out, like))
    plan.outputs += [index for index, _ in have[5:]]
    return [plan], data


def _scalar_call(plan: PlanBuilder, random: Random, name: str, indices: list[int], x: Node) -> None:
    a, b, out = indices
    if name == "sym_ite":
        plan.kernel(f"{PRIM}sym_ite", "Scalar", [plan.scalar(bool(random.getrandbits(1))), a, b, out])
    elif name == "sym_numel":
        plan.kernel("aten::sym_numel", "", [x.index, out])
    elif name == "sym_size":
        plan.kernel("aten::sym_size", "int", [x.index, plan.scalar(random.choice([0, 1, -1])), out])
    elif name == "item":
        plan.kernel("aten::_local_scalar_dense", "", [x.index, out])
    elif name == "int":
        plan.kernel(f"{PRIM}{random.choice(['mod', 'floordiv'])}", "int", [a, b, out])
    else:
        plan.kernel(f"{PRIM}{name}", "Scalar", [a, *([] if name in UNARY else [b]), out])


def external(random: Random) -> Methods:
    """Constants in a file beside the program, and named data in it."""
    data = Data()
    plan = PlanBuilder("forward", data)
    x = plan.tensor(torch.float32, [2, 3])
    plan.inputs.append(x.index)
    for number in range(random.randint(0, 3)):
        kind = random.choice(["right"] * 6 + ["missing", "other sizes", "other dtype", "mutable"])
        sizes = [3, 2] if kind == "other sizes" else [2, 3]
        content = torch.rand(sizes, generator=torch.Generator().manual_seed(number))
        name = f"layer.{number}.weight"
        weight = plan.external(content, name, planned=kind == "mutable", stored=kind != "missing")
        if kind.startswith("other"):
            tensor = plan.values[weight.index].val
            tensor.sizes, tensor.scalar_type = [2, 3], 6 if kind == "other sizes" else 3
            weight = Node(weight.index, torch.float32, (2, 3), (0, 1))
        [x] = plan.call("add.out", torch.ops.aten.add.Tensor, x, weight)
    plan.outputs.append(x.index)
    for number in range(random.randint(0, 3)):
        data.named[f"blob{number}"] = random.randbytes(random.choice([0, 1, 40]))
    if random.random() < 0.2:
        data.named["layer.0.weight"] = bytes(24)
    return [plan], data


def unusual(random: Random) -> Methods:
    """Valid, but seldom seen: no instructions, no outputs, optional lists, several arenas, constants as outputs."""
    data = Data()
    plan = PlanBuilder("forward", data, random.choice([1, 4, 16]))
    x = plan.tensor(torch.float32, random.choice([[4, 2], [1] * 16]))
    plan.inputs.append(x.index)
    kind = random.randrange(6)
    if kind == 0:
        plan.outputs.append(plan.constant(torch.arange(6.0)).index)
    elif kind == 1:
        plan.inputs.append(plan.inputs[0])
        plan.outputs += [x.index, x.index]
    elif kind == 2:
        plan.add(schema.MoveCall(plan.value(schema.Null()), plan.value(schema.Null())))
    elif kind == 3:
        plan.inputs.clear()
        plan.outputs += [node.index for node in plan.call("ones.out", torch.ops.aten.ones, [2, 2])]
    elif kind == 4:
        twice = [plan.tensor(torch.float32, [4, 2]) for _ in range(2)]
        plan.add(schema.MoveCall(x.index, twice[0].index))
        plan.add(schema.MoveCall(twice[0].index, twice[1].index))
        plan.add(schema.FreeCall(twice[0].index))
        plan.outputs += [node.index for node in twice]
    else:
        plan.add(schema.JumpFalseCall(plan.scalar(False), 1))
        plan.outputs.append(x.index)
    return [plan], data


KINDS = {
    chain: 520, dynamic: 90, methods: 40, states: 50, branch: 40, loop: 15, mapped: 15, viewed: 30, scalars: 60,
    external: 25, unusual: 15,
}  # fmt: skip
"""How many of each there are; broken ones fill the thousand."""
