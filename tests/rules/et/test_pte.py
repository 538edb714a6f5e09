"""pte for microcontrollers: what is exported once, and what is lowered for a processor in an environment of its own."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from etbuild.api import EtbuildError, Label
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et import check_action
from rules.et.providers import ModelInfo, ProgramInfo
from rules.et.pte import _toolchains, pte
from rules.et.pte_attrs import PteAttrs
from rules.et.torch_model import torch_model

MODEL = ModelInfo(Label("", "m", "cnn"), "torch_model", ("--entry", "modules.py:cnn"))
HUB_MODEL = ModelInfo(Label("", "m", "vit"), "hf_model", ("--architecture", "ViTForImageClassification"))
M4F = ("//toolchains/os:none", "//toolchains/isa:dsp")
M55 = ("//toolchains/os:none", "//toolchains/isa:mve")
M0 = ("//toolchains/os:none",)


def program(constraints: tuple[str, ...] = (), **attrs: Any) -> Analyzed:
    given: dict[str, Any] = {"model": "//m:cnn", "backend": "cortex_m", "quantize": "pt2e_static_int8"}
    given |= {"operators": (), "calibration": ("recorded.safetensors",), **attrs}
    return analyze(
        pte,
        given,
        deps={"//m:cnn": [MODEL], "//m:vit": [HUB_MODEL], "@etbuild//runtime/kernels/cortex_m:host_kernels": []},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
        platform="//p:p" if constraints else "host",
        constraints=constraints,
    )


def profile(analyzed: Analyzed) -> str:
    words = analyzed.action("EtLower").argv
    return words[words.index("--profile") + 1]


@pytest.mark.parametrize(
    ("constraints", "name"),
    [((), "scalar"), (M0, "scalar"), (M4F, "dsp"), (M55, "mve")],
    ids=["host", "m0", "m4", "m55"],
)
def test_the_profile_is_what_the_platforms_processor_has(constraints: tuple[str, ...], name: str) -> None:
    analyzed = program(constraints)
    assert profile(analyzed) == f"cortex_m-{name}"
    assert analyzed.get(ProgramInfo).profile == f"cortex_m-{name}"


def test_the_profile_may_be_said() -> None:
    assert profile(program(M55, cpu_features="dsp")) == "cortex_m-dsp"


def test_other_backends_are_lowered_the_same_for_every_processor() -> None:
    analyzed = program(M55, backend="xnnpack")
    assert "--profile" not in analyzed.action("EtLower").argv
    assert "--quantizer" not in analyzed.action("EtQuantize").argv
    assert analyzed.get(ProgramInfo).profile == ""


def test_one_export_and_one_quantized_graph_serve_all_processors() -> None:
    one, other = program(M4F), program(M55)
    for mnemonic in ("EtExport", "EtQuantize"):
        assert one.action(mnemonic).argv == other.action(mnemonic).argv
    assert one.action("EtLower").argv != other.action("EtLower").argv
    exports = {program(backend=backend).action("EtExport").argv for backend in ("cortex_m", "xnnpack", "portable")}
    assert len(exports) == 1


def test_what_lowers_for_microcontrollers_is_another_environment_than_what_exports() -> None:
    asked = {
        backend: [set(request.features) for request in _toolchains(PteAttrs(backend=backend, model="//m:cnn"))]
        for backend in ("xnnpack", "cortex_m")
    }
    assert asked == {"xnnpack": [{"export", "xnnpack", "runtime"}], "cortex_m": [{"export", "runtime"}, {"cortex_m"}]}


def test_int8_inputs_are_for_programs_whose_first_operator_quantizes() -> None:
    assert "--quantized-io" in program(quantized_io=True).action("EtLower").argv
    with pytest.raises(EtbuildError) as raised:
        program(quantized_io=True, backend="xnnpack")
    message = "'quantized_io' is for backend 'cortex_m' with quantize 'pt2e_static_int8', is given for 'xnnpack'"
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("quantize", "task", "nearest"),
    [
        ("none", None, 'backend = "cortex_m", quantize = "pt2e_static_int8"'),
        ("pt2e_dynamic_int8", "image-classification", 'backend = "cortex_m", quantize = "pt2e_static_int8"'),
        ("pt2e_static_int8", "text-generation", 'backend = "xnnpack", quantize = "pt2e_static_int8"'),
    ],
)
def test_what_a_microcontroller_cannot_be_given_names_what_comes_nearest(
    quantize: str, task: str | None, nearest: str
) -> None:
    with pytest.raises(EtbuildError) as raised:
        program(quantize=quantize, task=task)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "unsupported-combination"
    assert diagnostic.hint == f"the nearest that does: {nearest}"


def test_an_accelerator_is_named_and_its_programs_are_not_run() -> None:
    analyzed = program(M55, backend="ethos_u", accelerator="ethos-u55-128")
    assert profile(analyzed) == analyzed.get(ProgramInfo).profile == "ethos_u-ethos-u55-128"
    quantize, measure = (analyzed.action(mnemonic).argv for mnemonic in ("EtQuantize", "EtMeasure"))
    assert quantize[quantize.index("--accelerator") + 1] == "ethos-u55-128"
    assert measure[measure.index("--not-run") + 1] == "no emulator of Ethos-U"
    assert "--not-run" not in program(M55).action("EtMeasure").argv


def test_an_accelerator_must_be_given() -> None:
    with pytest.raises(EtbuildError) as raised:
        program(backend="ethos_u")
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "missing-attribute"
    assert diagnostic.message == "'accelerator' of pte must be given for backend 'ethos_u'"
    assert diagnostic.hint == 'accelerator = "ethos-u55-128"'


@pytest.mark.parametrize(
    ("backend", "attrs", "owner"),
    [
        ("xnnpack", {"cpu_features": "mve"}, "cortex_m"),
        ("ethos_u", {"cpu_features": "mve", "accelerator": "ethos-u55-128"}, "cortex_m"),
        ("cortex_m", {"accelerator": "ethos-u55-128"}, "ethos_u"),
        ("portable", {"accelerator": "ethos-u55-128"}, "ethos_u"),
    ],
)
def test_an_attribute_of_another_backend_is_refused_where_it_stands(
    backend: str, attrs: dict[str, Any], owner: str
) -> None:
    with pytest.raises(EtbuildError) as raised:
        program(backend=backend, **attrs)
    [diagnostic] = raised.value.diagnostics
    name = next(iter(attrs))
    assert diagnostic.code == "other-backend"
    wanted = f"'{name}' of pte must be left out but for backend '{owner}', is given for '{backend}'"
    assert diagnostic.message == wanted
    assert diagnostic.hint == f'remove it, or say backend = "{owner}"'


def test_calibration_data_that_are_missing_are_told_before_anything_is_exported() -> None:
    with pytest.raises(EtbuildError) as raised:
        program(calibration=())
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "missing-calibration"
    assert diagnostic.message == "'calibration' of pte must be given for quantize 'pt2e_static_int8', is not"
    assert diagnostic.hint == 'recorded inputs: calibration = ["inputs.safetensors"] or ["file.py:function"]'
    assert program(quantize="none", backend="portable", calibration=()).outputs


def test_a_tolerance_of_no_figure_is_told_before_anything_is_exported() -> None:
    with pytest.raises(EtbuildError) as raised:
        program(tolerances={"sqnr_db": 20.0, "max_abs_err": 1.0})
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("invalid-tolerance", "no tolerance is called 'max_abs_err'")
    assert diagnostic.hint == "did you mean 'max_abs_error'?"


def test_the_rule_knows_the_figures_that_the_gate_judges() -> None:
    tree = ast.parse((Path(check_action.__file__).parent / "tools/check/tolerances.py").read_text())
    [judged] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TOLERANCES"
    ]
    assert isinstance(judged, ast.Dict)
    assert {ast.literal_eval(key) for key in judged.keys if key} == set(check_action.FIGURES)


def hub_program(**attrs: Any) -> Analyzed:
    return program(model="//m:vit", backend="xnnpack", quantize="none", calibration=(), **attrs)


def test_a_model_of_transformers_must_be_given_a_task() -> None:
    with pytest.raises(EtbuildError) as raised:
        hub_program()
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "missing-attribute"
    assert diagnostic.message == "'task' must be given for '//m:vit', an hf_model"


def test_attention_is_a_classifiers_too() -> None:
    argv = hub_program(task="image-classification", attention="eager").action("EtExport").argv
    assert argv[argv.index("--attention") + 1] == "eager"
    assert "--max-seq-len" not in argv


@pytest.mark.parametrize("shapes", [((1, 8),), ((1, 1, 28, 28),), ((1, 3, 8, 8), (1, 8))])
def test_a_classifier_of_images_takes_one(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(EtbuildError) as raised:
        classifier(shapes)
    [diagnostic] = raised.value.diagnostics
    taken = ", ".join(str(list(shape)) for shape in shapes)
    needs = "'image-classification' needs a model that takes [1, 3, height, width]"
    assert (diagnostic.code, diagnostic.message) == ("wrong-task", f"{needs}, '//m:net' takes {taken}")
    assert diagnostic.hint == "leave 'task' out: a torch_model needs none"


@pytest.mark.parametrize("shapes", [(), ((1, 3, 32, 32),)])
def test_what_takes_an_image_or_does_not_say_is_a_classifier(shapes: tuple[tuple[int, ...], ...]) -> None:
    assert classifier(shapes).get(ProgramInfo).task == "image-classification"


def test_the_shapes_that_a_torch_model_writes_down_are_known() -> None:
    analyzed = analyze(
        torch_model,
        {"entry": "modules.py:net", "example_inputs": ({"shape": (1, 3, 8, 8)}, {"shape": (2,), "dtype": "int64"})},
    )
    assert analyzed.get(ModelInfo).shapes == ((1, 3, 8, 8), (2,))
    assert analyze(torch_model, {"entry": "m.py:net", "example_inputs": "m.py:make"}).get(ModelInfo).shapes == ()


def classifier(shapes: tuple[tuple[int, ...], ...]) -> Analyzed:
    model = ModelInfo(Label("", "m", "net"), "torch_model", ("--entry", "modules.py:net"), shapes=shapes)
    return analyze(
        pte,
        {"model": "//m:net", "backend": "portable", "task": "image-classification"},
        deps={"//m:net": [model]},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
    )
