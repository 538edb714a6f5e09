from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from check.judge import PASSED, main
from check.tolerances import FLOAT_TASKS, PRECISE, TASKS, TOLERANCES, default_tolerances, findings, parse_tolerances
from common.diagnostics import UserError

EXACT = {"max_abs_error": 0.0, "relative_error": 0.0, "sqnr_db": 200.0, "cosine": 1.0, "non_finite": 0, "worst": None}
EXACT |= {"tokens_equal": 24, "tokens": 24, "top1_equal": 24, "top1": 24}
EXACT |= {"values_equal": 60, "values": 60, "values_worst": None}
WRONG = EXACT | {
    "max_abs_error": 9.0,
    "relative_error": 2.0,
    "sqnr_db": -3.0,
    "cosine": 0.0,
    "tokens_equal": 0,
    "top1_equal": 0,
    "values_equal": 2,
    "values_worst": "output 1 of example at [3]",
}


def measured(kind: str = "text-generation", precision: str = "float32", **sections: Any) -> dict[str, Any]:
    return {"kind": kind, "precision": precision, "against_graph": EXACT, "against_float": None, **sections}


def judge(tmp_path: Path, measurement: dict[str, Any], *tolerances: str) -> str:
    (tmp_path / "measure.json").write_text(json.dumps(measurement))
    flags = [word for tolerance in tolerances for word in ("--tolerance", tolerance)]
    main(["--measure", str(tmp_path / "measure.json"), "--output", str(tmp_path / "verdict.json"), *flags])
    return (tmp_path / "verdict.json").read_text()


def test_a_verdict_has_the_same_bytes_whatever_the_tolerance(tmp_path: Path) -> None:
    assert judge(tmp_path, measured()) == PASSED
    assert judge(tmp_path, measured(), "relative_error=1e-9", "tokens_equal=12") == PASSED


def test_a_failed_gate_says_by_how_much_where_and_what_diverged_first(tmp_path: Path) -> None:
    figures = EXACT | {
        "tokens_equal": 3,
        "relative_error": 0.5,
        "worst": "the logits of token 4 after 'Once' at [0, 7]",
    }
    divergence = {"text": "aten.linear of model.layers.0.mlp.down_proj (aten::mm.out), signal to noise 9 dB"}
    with pytest.raises(UserError) as caught:
        judge(tmp_path, measured(against_graph=figures, first_divergence=divergence))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "gate-failed"
    assert diagnostic.message == "the program does not keep its graph's answers: 3 of 24 tokens equal, must be 24"
    assert diagnostic.notes == (
        "largest error relative to the largest value is 0.5, must be at most 0.0001",
        "largest error: the logits of token 4 after 'Once' at [0, 7]",
        "first to diverge: aten.linear of model.layers.0.mlp.down_proj (aten::mm.out), signal to noise 9 dB",
    )
    assert not (tmp_path / "verdict.json").exists()


def test_a_quantized_program_is_held_against_the_float_model_too(tmp_path: Path) -> None:
    figures = EXACT | {"tokens_equal": 3, "perplexity": 30.0, "float_perplexity": 10.0}
    with pytest.raises(UserError) as caught:
        judge(tmp_path, measured(precision="quantized", against_float=figures))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.message == (
        "the program does not keep the model's answers: 3 of 24 tokens equal to the float model's, must be 24"
    )
    assert diagnostic.notes == ("perplexity over the float model's is 3, must be at most 1.25",)


def test_of_a_program_that_nothing_runs_the_graph_is_judged(tmp_path: Path) -> None:
    unrun = measured("tensors", "quantized", not_run="no emulator of it", against_graph={}, against_float=EXACT)
    assert judge(tmp_path, unrun) == PASSED
    with pytest.raises(UserError) as caught:
        judge(tmp_path, unrun | {"against_float": WRONG | {"values_equal": 60}})
    assert "signal to noise against the float model in dB is -3, must be at least 15" in str(caught.value)
    with pytest.raises(UserError) as caught:
        judge(tmp_path, unrun, "relative_error=0.1")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "invalid-tolerance"
    wanted = "tolerance 'relative_error' is against the graph, and this program is not run: no emulator of it"
    assert diagnostic.message == wanted


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("precision", PRECISE)
def test_every_default_fails_a_wrong_program(kind: str, precision: str) -> None:
    wrong = measured(kind, precision, against_graph=WRONG)
    if precision == "quantized":
        wrong["against_float"] = WRONG | {"perplexity": 1e200, "float_perplexity": 10.0}
    compared = findings(wrong, default_tolerances(wrong))
    assert len(compared) >= 2
    assert not [finding.text for finding in compared if finding.kept]


@pytest.mark.parametrize("kind", TASKS)
def test_every_default_keeps_an_exact_program(kind: str) -> None:
    exact = measured(kind, "quantized", against_float=EXACT | {"perplexity": 10.0, "float_perplexity": 10.0})
    assert all(finding.kept for finding in findings(exact, default_tolerances(exact)))
    assert set(FLOAT_TASKS[kind]) <= set(default_tolerances(exact))


def test_values_that_are_not_finite_fail_whatever_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="2 values are not finite, must be 0"):
        judge(tmp_path, measured(against_graph=EXACT | {"non_finite": 2}), "relative_error=1e9", "sqnr_db=1")


REFUSED = {
    "relative_eror=1": ("no tolerance is called 'relative_eror'", "did you mean 'relative_error'?"),
    "cosine=0": ("tolerance 'cosine' must be a finite number above 0, is 0: it could not fail otherwise", None),
    "max_abs_error=inf": (
        "tolerance 'max_abs_error' must be a finite number from 0, is inf: it could not fail otherwise",
        None,
    ),
    "max_abs_error=little": ("tolerance 'max_abs_error' must be a number, is 'little'", None),
    "float_top1=1": ("tolerance 'float_top1' is against the float model, and this program is not quantized", None),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_tolerance_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_tolerances([text], measured())
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.message, diagnostic.hint) == REFUSED[text]
    assert (diagnostic.attribute, diagnostic.index) == ("tolerances", 0)


def test_of_indices_that_differ_the_place_is_told(tmp_path: Path) -> None:
    figures = EXACT | {key: value for key, value in WRONG.items() if key.startswith("values")}
    with pytest.raises(UserError) as caught:
        judge(tmp_path, measured("tensors", against_graph=figures))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.message.endswith("2 of 60 indices or truths equal, must be 60")
    assert diagnostic.notes == ("largest error: output 1 of example at [3]",)


def test_where_there_are_no_indices_none_are_asked_for() -> None:
    figures = {key: value for key, value in EXACT.items() if not key.startswith("values")}
    report = measured("tensors", against_graph=figures)
    assert "equal" not in default_tolerances(report)
    with pytest.raises(UserError, match="tolerance 'equal' does not apply to outputs of floats"):
        parse_tolerances(["equal=1"], report)


def test_a_count_of_what_was_not_counted_is_refused() -> None:
    figures = {key: value for key, value in EXACT.items() if not key.startswith("tokens")}
    with pytest.raises(UserError, match="tolerance 'tokens_equal' does not apply to tensors"):
        parse_tolerances(["tokens_equal=1"], measured("tensors", against_graph=figures))


@pytest.mark.parametrize(
    ("bound", "equal", "kept"),
    [("1", 24, True), ("1", 23, False), ("0.5", 12, True), ("0.5", 11, False), ("20", 20, True), ("20", 19, False)],
)
def test_a_count_is_bounded_by_a_share_or_a_number(bound: str, equal: int, kept: bool) -> None:
    report = measured(against_graph=EXACT | {"tokens_equal": equal})
    compared = {
        finding.key: finding.kept for finding in findings(report, parse_tolerances([f"tokens_equal={bound}"], report))
    }
    assert compared["tokens_equal"] is kept


def test_each_tolerance_is_told_in_one_noun() -> None:
    nouns = [tolerance.noun for tolerance in TOLERANCES.values()]
    assert len(set(nouns)) == len(nouns)
