from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")

from check.degenerate import degenerate, negligible, require_telling
from check.figures import EXACT_DB, Comparison, cosine, furthest_off, sqnr_db
from common.diagnostics import UserError

pytestmark = pytest.mark.torch


def test_equal_tensors_have_no_error() -> None:
    values = torch.tensor([[1.0, -2.0]])
    comparison = Comparison()
    comparison.add(values, values.clone(), "x")
    report = comparison.report()
    assert (report["max_abs_error"], report["sqnr_db"], report["cosine"]) == (0.0, EXACT_DB, pytest.approx(1.0))


def test_noise_of_a_tenth_is_twenty_decibels() -> None:
    values = torch.ones(1000)
    assert sqnr_db(values, values * 1.1) == pytest.approx(20.0, abs=1e-3)


def test_the_worst_place_is_told() -> None:
    comparison = Comparison()
    comparison.add(torch.zeros(2, 3), torch.zeros(2, 3), "first")
    comparison.add(torch.ones(2, 3), torch.tensor([[1.0, 1.0, 1.0], [1.0, 3.0, 1.0]]), "second")
    assert comparison.report()["worst"] == "second at [1, 1]"
    assert comparison.report()["relative_error"] == 2.0


def test_values_that_are_no_numbers_are_counted() -> None:
    comparison = Comparison()
    comparison.add(torch.ones(3), torch.tensor([1.0, float("nan"), float("inf")]), "x")
    assert comparison.report()["non_finite"] == 2
    assert sqnr_db(torch.ones(1), torch.tensor([float("nan")])) == -EXACT_DB


def compared(reference: torch.Tensor, candidate: torch.Tensor) -> dict[str, Any]:
    comparison = Comparison()
    comparison.add(reference, candidate, "x")
    return comparison.report()


def test_a_large_output_hides_no_error_of_a_small_one() -> None:
    large, small = torch.tensor([3000.0, 4000.0]), torch.tensor([0.3, 0.4])
    figures = furthest_off([compared(large, large), compared(small, small.flip(0))])
    assert figures["relative_error"] == pytest.approx(0.25)
    assert figures["sqnr_db"] < 11
    assert figures["worst"] == "x at [0]"


def test_truths_and_indices_are_counted_and_samples_compared() -> None:
    values = torch.full((10,), 200)
    other = values.clone()
    other[3] = 199
    indices = compared(values, other)
    assert (indices["values_equal"], indices["values"], indices["relative_error"]) == (9, 10, 0.0)
    assert indices["sqnr_db"] == EXACT_DB
    assert compared(values.bool(), other.eq(200))["values_equal"] == 9
    samples = compared(values.to(torch.uint8), other.to(torch.uint8))
    assert "values" not in samples
    assert (samples["sqnr_db"], samples["relative_error"]) == (pytest.approx(56.02, abs=0.01), 0.0)


def test_of_outputs_that_are_counted_the_one_with_the_least_share_is_told() -> None:
    truths, floats = torch.arange(10), torch.ones(4)
    figures = furthest_off([compared(truths, truths), compared(truths, truths.flip(0)), compared(floats, floats)])
    assert (figures["values_equal"], figures["values"], figures["values_worst"]) == (0, 10, "x at [0]")


def test_of_complex_numbers_both_parts_are_compared() -> None:
    figures = compared(torch.tensor([1 + 1j, 2j]), torch.tensor([1 + 0j, 2j]))
    assert (figures["max_abs_error"], figures["relative_error"]) == (1.0, 0.5)


def test_values_next_to_zero_may_be_rounding_and_whole_numbers_are_not() -> None:
    assert negligible([torch.full((4,), 1e-9), torch.zeros(0)])
    assert not negligible([torch.zeros(4, dtype=torch.int64)])
    assert not negligible([torch.tensor([float("nan")])])
    assert not negligible([0])


def test_opposite_vectors_have_cosine_minus_one() -> None:
    assert cosine(torch.tensor([1.0, 2.0]), torch.tensor([-1.0, -2.0])) == pytest.approx(-1.0)
    assert cosine(torch.zeros(2), torch.ones(2)) == 0.0


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ([torch.full((4,), 3.0)], "constant"),
        ([torch.full((4,), 1e-9)], "all below 1e-06"),
        ([torch.tensor([1.0, float("nan")])], "not finite"),
        ([torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0])], "the same for every input"),
        ([torch.zeros(0)], "empty"),
        ([torch.tensor([1.0, 2.0])], None),
        ([torch.tensor(3)], None),
    ],
)
def test_references_that_prove_nothing_are_known(outputs: list[torch.Tensor], reason: str | None) -> None:
    assert degenerate(outputs) == reason


def test_one_telling_output_is_enough_unless_another_is_not_finite() -> None:
    telling, zeros, broken = torch.tensor([1.0, 2.0]), torch.zeros(2), torch.tensor([float("inf"), 0.0])
    require_telling([(telling, zeros)], "the graph")
    with pytest.raises(UserError, match="not finite"):
        require_telling([(telling, broken)], "the graph")
    with pytest.raises(UserError, match="all below"):
        require_telling([(zeros, zeros)], "the graph")
