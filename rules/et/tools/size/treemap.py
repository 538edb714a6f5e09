"""Cuts a rectangle into rectangles whose areas are as given, none longer than need be. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def inner(self, margin: float, top: float) -> Box:
        """Return what is left within a border."""
        width, height = self.width - 2 * margin, self.height - margin - top
        return Box(self.x + margin, self.y + top, max(width, 0.0), max(height, 0.0))


def cut(box: Box, weights: Sequence[float]) -> list[Box]:
    """Return a rectangle for each weight, in their order; they are positive, largest first."""
    scale = box.width * box.height / sum(weights) if weights else 0.0
    return list(_rows(box, [weight * scale for weight in weights]))


def _rows(box: Box, areas: list[float]) -> Iterator[Box]:
    """Yield a row along the shorter side, as long as one more makes it squarer; then what is left."""
    while areas:
        side = min(box.width, box.height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
            count += 1
        row, areas = areas[:count], areas[count:]
        thickness = sum(row) / side if side else 0.0
        at = 0.0
        for area in row:
            length = area / thickness if thickness else 0.0
            if box.width >= box.height:
                yield Box(box.x, box.y + at, thickness, length)
            else:
                yield Box(box.x + at, box.y, length, thickness)
            at += length
        if box.width >= box.height:
            box = Box(box.x + thickness, box.y, max(box.width - thickness, 0.0), box.height)
        else:
            box = Box(box.x, box.y + thickness, box.width, max(box.height - thickness, 0.0))


def _worst(areas: Sequence[float], side: float) -> float:
    """Return how much longer than wide the worst rectangle of a row is."""
    total = sum(areas)
    if not side or not total:
        return float("inf")
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas)))
