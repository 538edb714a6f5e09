"""Lowering: the same bytes with and without what makes it fast, in any folder, and a clear word where it cannot be."""

from __future__ import annotations

import contextlib
import json

import pytest

pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

from workbench import CNN, EXPORTS, Workbench

from lower import lower_portable, lower_xnnpack, lowering


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("lower"))


@pytest.mark.parametrize("name", sorted(EXPORTS))
@pytest.mark.parametrize("tool", [lower_xnnpack, lower_portable], ids=["xnnpack", "portable"])
def test_what_makes_lowering_fast_leaves_the_bytes_as_they_were(bench, monkeypatch, tool, name):
    bench.export(name)
    fast = bench.lower(tool, name).read_bytes()
    monkeypatch.setattr(lowering, "without_repeated_work", lambda _patches: contextlib.nullcontext())
    assert bench.lower(tool, name).read_bytes() == fast


def test_a_program_has_the_same_bytes_from_another_folder_with_another_hash_seed(bench):
    flags = ["--kind", "torch_model", *CNN]
    one = bench.build_in_process("one", flags, hash_seed="1")
    assert bench.build_in_process("two", flags, hash_seed="2") == one


def test_the_runners_metadata_is_in_the_program(bench):
    bench.export("llama")
    names = {method.name for method in bench.read(bench.lower(lower_portable, "llama")).methods}
    assert {"forward", "get_max_seq_len", "get_eos_ids", "get_vocab_size", "use_kv_cache"} <= names


def test_two_methods_share_equal_weights(bench):
    bench.export("mlp")
    one = bench.lower(lower_portable, "mlp").stat().st_size
    two = bench.lower(lower_portable, "mlp", extra=["--method", "again", "mlp.pt2"]).stat().st_size
    assert two < 1.5 * one


def test_a_declared_constant_method_wins_over_the_models(bench):
    bench.export("llama")
    program = bench.lower(lower_portable, "llama", extra=["--constant-method", "get_max_seq_len=32"])
    assert bench.call(program, "get_max_seq_len") == [32]


KTHVALUE = """
import torch
class Kth(torch.nn.Module):
    def forward(self, x):
        return torch.kthvalue(x, 2)[0]
def make():
    return Kth()
"""


def test_an_operator_without_a_kernel_is_named_with_its_place(bench):
    bench.write("kth.py", KTHVALUE)
    flags = ["--kind", "torch_model", "--entry", "kth.py:make", "--example-inputs", '[{"shape":[4]}]']
    bench.export_with("missing", flags)
    [diagnostic] = bench.refused(lower_portable.main, bench.lower_flags("missing"))
    assert diagnostic.code == "missing-operator"
    assert "aten::kthvalue" in diagnostic.message
    assert "kth.py:5" in " ".join(diagnostic.notes)


CUSTOM = """
from executorch.exir.pass_base import ExportPass
def none():
    return []
def nothing():
    return ExportPass()
"""


def test_a_users_partitioner_and_edge_pass_are_used(bench):
    bench.write("custom.py", CUSTOM)
    bench.export("mlp")
    bench.lower(lower_xnnpack, "mlp", extra=["--partitioner", "custom.py:none", "--edge-pass", "custom.py:nothing"])
    assert json.loads((bench.folder / "mlp.operators.json").read_text())["delegates"] == {}


def test_an_etrecord_beside_the_program_leaves_its_bytes_alone(bench):
    bench.export("cnn")
    alone = bench.lower(lower_xnnpack, "cnn").read_bytes()
    assert bench.lower(lower_xnnpack, "cnn", extra=["--etrecord", "cnn.etrecord"]).read_bytes() == alone
    assert (bench.folder / "cnn.etrecord").stat().st_size > 0


PLANNER = """
from executorch.exir.passes import MemoryPlanningPass
def inputs_outside():
    return MemoryPlanningPass(alloc_graph_input=False)
"""


def test_a_users_memory_planner_is_used(bench):
    bench.export("cnn")
    planned = bench.lower(lower_portable, "cnn").read_bytes()
    bench.write("planner.py", PLANNER)
    extra = ["--memory-planner", "planner.py:inputs_outside"]
    assert bench.lower(lower_portable, "cnn", extra=extra).read_bytes() != planned
