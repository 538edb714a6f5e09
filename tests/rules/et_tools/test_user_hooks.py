"""What a user's functions change in a lowering: each wrong value, and each failure, is told at its attribute."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

from workbench import Workbench

from common.diagnostics import Diagnostic
from export import export_model
from lower import lower_portable

HOOKS = """
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.memory_planning import MemoryAlgoResult, MemoryPlanningAlgorithmSuite, SpecAllocResult
from executorch.exir.pass_base import ExportedProgramPassBase, ExportedProgramPassResult, ExportPass, PassResult
from executorch.exir.passes import MemoryPlanningPass


def none(*given): return None
def text(*given): return "portable"
def number(*given): return 3
def class_of_partitioner(): return XnnpackPartitioner
def several_and_none(): return [XnnpackPartitioner(), None]
def class_of_pass(): return ExportPass
def list_of_passes(): return [ExportPass()]
def class_of_planner(): return MemoryPlanningPass


class RaisingPartitioner(XnnpackPartitioner):
    def partition(self, program):
        raise IndexError("went wrong")


class Raises(ExportPass):
    def call_operator(self, op, args, kwargs, meta):
        raise KeyError("not wanted")


class Removes(ExportPass):
    def call(self, graph):
        graph.graph.output_node().args = ((),)
        graph.recompile()
        return PassResult(graph, True)


class Twice(ExportPass):
    def call(self, graph):
        output = graph.graph.output_node()
        output.args = (tuple(output.args[0]) * 2,)
        graph.recompile()
        return PassResult(graph, True)


class NoOperator(ExportPass):
    def call(self, graph):
        for node in graph.graph.find_nodes(op="call_function", target=exir_ops.edge.aten.relu.default):
            node.target = len
        graph.recompile()
        return PassResult(graph, True)


class Answers(ExportPass):
    def call(self, graph):
        return 5


class InPlace(ExportPass):
    def call(self, graph):
        return None


class Whole(ExportedProgramPassBase):
    def call(self, program):
        return ExportedProgramPassResult(program, False)


class WholeNone(ExportedProgramPassBase):
    def call(self, program):
        return None


class WholeRaises(ExportedProgramPassBase):
    def call(self, program):
        raise ValueError("not so")


class GivesNone(MemoryPlanningPass):
    def run(self, graph, signature=None):
        return None


class HasNoRun:
    def __call__(self, graph):
        return PassResult(graph, False)


def plan(first, step, memory=1, total=None):
    def algorithm(alignment, specs, graph, signature, extra_padding=0):
        places, at = {}, first
        for spec in specs:
            if not step:
                spec.realign(alignment)
            places[spec] = SpecAllocResult(memory, 0, at)
            at += spec.allocated_memory + step
        return MemoryAlgoResult(places, [0, at if total is None else total])
    return MemoryPlanningPass(MemoryPlanningAlgorithmSuite([algorithm]))


def raises(*given):
    raise RuntimeError("no plan today")


def raising_plan(): return MemoryPlanningPass(MemoryPlanningAlgorithmSuite([raises]))
def function(): return lambda graph: PassResult(graph, False)
def algorithm(): return raises
def few(): return plan(0, 0, total=16)
def outside(): return plan(0, 0, memory=0)
def below(): return plan(-64, 0)
def unaligned(): return plan(3, 1)
def whole(): return plan(0, 0)
def missing():
    return MemoryPlanningPass(MemoryPlanningAlgorithmSuite([lambda *given, **rest: MemoryAlgoResult({}, [0, 0])]))
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    bench = Workbench(tmp_path_factory.mktemp("hooks"))
    bench.write("h.py", HOOKS)
    bench.export("mlp")
    return bench


FLAGS = {"partitioner": "--partitioner", "edge_passes": "--edge-pass", "memory_planner": "--memory-planner"}


def refused(bench: Workbench, attribute: str, *names: str) -> Diagnostic:
    flags = [word for name in names for word in (FLAGS[attribute], f"h.py:{name}")]
    [diagnostic] = bench.refused(lower_portable.main, [*bench.lower_flags("mlp"), *flags])
    assert diagnostic.attribute == attribute
    return diagnostic


PARTITIONER = "must return a Partitioner, or a list of them, returns"
PASS = "must return a pass, such as an ExportPass, returns"  # noqa: S105 - a pass, no password.
PLANNER = "must return a MemoryPlanningPass, returns"
WRONG = {
    ("partitioner", "none"): f"{PARTITIONER} NoneType",
    ("partitioner", "text"): f"{PARTITIONER} str",
    ("partitioner", "class_of_partitioner"): f"{PARTITIONER} the class XnnpackPartitioner",
    ("partitioner", "several_and_none"): f"{PARTITIONER} NoneType in a list",
    ("edge_passes", "none"): f"{PASS} NoneType",
    ("edge_passes", "number"): f"{PASS} int",
    ("edge_passes", "class_of_pass"): f"{PASS} the class ExportPass",
    ("edge_passes", "list_of_passes"): f"{PASS} list",
    ("memory_planner", "none"): f"{PLANNER} NoneType",
    ("memory_planner", "class_of_planner"): f"{PLANNER} the class MemoryPlanningPass",
    ("memory_planner", "algorithm"): f"{PLANNER} function",
    ("memory_planner", "HasNoRun"): f"{PLANNER} HasNoRun",
}


@pytest.mark.parametrize(("attribute", "name"), WRONG)
def test_a_wrong_value_is_refused_at_its_attribute(bench: Workbench, attribute: str, name: str) -> None:
    diagnostic = refused(bench, attribute, name)
    assert (diagnostic.code, diagnostic.message) == ("bad-entry", f"'h.py:{name}' {WRONG[attribute, name]}")


LEFT = "must leave as many outputs as the program has, 1, leaves"
DONE = {
    ("edge_passes", "Removes"): ("bad-entry", f"the pass of 'h.py:Removes' {LEFT} 0", None),
    ("edge_passes", "Twice"): ("bad-entry", f"the pass of 'h.py:Twice' {LEFT} 2", None),
    ("edge_passes", "Answers"): (
        "bad-entry", "the pass of 'h.py:Answers' must return a PassResult, returns int", None),
    ("edge_passes", "Raises"): (
        "entry-failed", "the pass of 'h.py:Raises' raised KeyError: not wanted", 'raise KeyError("not wanted")'),
    ("edge_passes", "NoOperator"): (
        "lowering-failed", "the graph that the passes of 'h.py:NoOperator' leave is refused: SpecViolationError", None),
    ("edge_passes", "WholeNone"): (
        "bad-entry", "the pass of 'h.py:WholeNone' must return an ExportedProgramPassResult, returns NoneType", None),
    ("edge_passes", "WholeRaises"): (
        "entry-failed", "the pass of 'h.py:WholeRaises' raised ValueError: not so", 'raise ValueError("not so")'),
    ("partitioner", "RaisingPartitioner"): (
        "entry-failed", "the partitioner of 'h.py:RaisingPartitioner' raised IndexError: went wrong",
        'raise IndexError("went wrong")'),
    ("memory_planner", "GivesNone"): (
        "bad-entry", "'run' of the planner of 'h.py:GivesNone' must return a PassResult, returns NoneType", None),
    ("memory_planner", "raising_plan"): (
        "entry-failed", "the planner of 'h.py:raising_plan' raised RuntimeError: no plan today",
        'raise RuntimeError("no plan today")'),
    ("memory_planner", "missing"): ("entry-failed", "the planner of 'h.py:missing' raised", None),
}  # fmt: skip


@pytest.mark.parametrize(("attribute", "name"), DONE)
def test_what_a_hook_does_wrong_later_is_told_at_its_attribute(bench: Workbench, attribute: str, name: str) -> None:
    code, message, line = DONE[attribute, name]
    diagnostic = refused(bench, attribute, name)
    assert diagnostic.code == code
    assert diagnostic.message.startswith(message)
    assert all(note.startswith("at h.py:") for note in diagnostic.notes)
    assert (line or "") in " ".join(diagnostic.notes)


PLANS = {
    "few": "method 'forward': a tensor ends at byte 128 of memory 1, which has 16",
    "outside": "method 'forward': a tensor lies in memory 0, there are 1 to 1",
    "below": "a tensor begins at byte -64 of memory 1",
    "unaligned": (
        "method 'forward': a tensor of float32 must begin at a multiple of 4 bytes, begins at byte 3 of memory 1"
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_no_program_can_use_is_refused(bench: Workbench, name: str) -> None:
    diagnostic = refused(bench, "memory_planner", name)
    assert diagnostic.code == "bad-memory-plan"
    assert diagnostic.message == f"no program can use the memory plan of 'h.py:{name}': {PLANS[name]}"


@pytest.mark.parametrize(("flag", "name"), [
    ("--edge-pass", "InPlace"), ("--edge-pass", "Whole"), ("--edge-pass", "function"), ("--memory-planner", "whole"),
])  # fmt: skip
def test_hooks_that_do_as_they_must_are_used(bench: Workbench, flag: str, name: str) -> None:
    assert bench.lower(lower_portable, "mlp", extra=[flag, f"h.py:{name}"]).exists()


def test_the_element_that_failed_is_told(bench: Workbench) -> None:
    assert refused(bench, "edge_passes", "Whole", "Raises").index == 1
    bench.write("t.py", "def same(module):\n    return module\ndef fails(module):\n    raise ValueError('no')\n")
    flags = ["--kind", "torch_model", "--entry", "m.py:Net", "--example-inputs", '[{"shape":[4]}]']
    bench.write("m.py", "import torch\nNet = torch.nn.Identity\n")
    transforms = ["--source-transform", "t.py:same", "--source-transform", "t.py:fails"]
    outputs = ["--output", "refused.pt2", "--facts", "refused.json"]
    [diagnostic] = bench.refused(export_model.main, [*flags, *transforms, *outputs])
    assert (diagnostic.attribute, diagnostic.index) == ("source_transforms", 1)
