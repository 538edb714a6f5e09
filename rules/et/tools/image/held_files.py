"""Words the C++ of files that an image holds beside its programs. Reads none but for its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from image.image_sources import Piece
from image.names import identifier

ALIGNMENT = 16


@dataclass(frozen=True, slots=True)
class Held:
    """A file of an image."""

    path: str
    nbytes: int

    @property
    def name(self) -> str:
        """Its name in C++."""
        return identifier(PurePosixPath(self.path).name)

    @property
    def piece(self) -> Piece:
        """Its bytes."""
        return Piece(f"etbuild_file_{self.name}", self.path, ALIGNMENT)


def hold(path: str) -> Held:
    """Return the file at `path`."""
    return Held(path, Path(path).stat().st_size)


def declarations(files: Sequence[Held]) -> Iterator[str]:
    """Yield the lines of programs.h that declare them."""
    for each in files:
        yield ""
        yield f'extern "C" const uint8_t {each.piece.symbol}[];'
        yield f"namespace programs::files::{each.name} {{"
        yield f"inline constexpr size_t size = {each.nbytes};"
        yield f"inline const uint8_t* const data = {each.piece.symbol};"
        yield f"}}  // namespace programs::files::{each.name}"
