"""Globs below a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.loading.folders import Folders
from etbuild.loading.globs import expand_glob

FILES = (
    "BUILD.toml", "a.txt", "b.txt", "c.md", ".hidden", "d/e.txt", "d/f/g.txt", "d/f/h.md", ".dot/i.txt",
    "sub/BUILD.toml", "sub/j.txt", "sub/below/k.txt",
)  # fmt: skip
CASES = {
    ("*.txt",): ("a.txt", "b.txt"),
    ("*",): ("a.txt", "b.txt", "c.md"),
    ("**",): ("a.txt", "b.txt", "c.md", "d/e.txt", "d/f/g.txt", "d/f/h.md"),
    ("**/*.txt",): ("a.txt", "b.txt", "d/e.txt", "d/f/g.txt"),
    ("d/**/*.txt",): ("d/e.txt", "d/f/g.txt"),
    ("d/*/g.txt", "[ab].txt"): ("a.txt", "b.txt", "d/f/g.txt"),
    ("d/**",): ("d/e.txt", "d/f/g.txt", "d/f/h.md"),
    ("?.md", "c.*"): ("c.md",),
    (".*",): (".hidden",),
    ("sub/*", "sub/**", "s*/j.txt"): (),
    ("nowhere/*",): (),
    ("BUILD.toml",): (),
}


@pytest.fixture
def package(tmp_path: Path) -> str:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return str(tmp_path)


@pytest.mark.parametrize("patterns", CASES, ids=" ".join)
def test_a_glob_matches_sorted_files_and_stops_at_packages_below(package: str, patterns: tuple[str, ...]) -> None:
    assert expand_glob(Folders(), package, patterns, ()) == CASES[patterns]


def test_what_is_excluded_is_left_out(package: str) -> None:
    assert expand_glob(Folders(), package, ["**"], ["*.txt", "d/**/*.md"]) == ("c.md", "d/e.txt", "d/f/g.txt")
    assert expand_glob(Folders(), package, ["**/*.txt"], ["**/g.txt", "**/a.*"]) == ("b.txt", "d/e.txt")


def test_folders_whose_listing_counts_are_remembered(package: str) -> None:
    folders = Folders()
    expand_glob(folders, package, ["d/**/*.txt", "gone/*"], ())
    assert set(folders.probed) == {package, f"{package}/d", f"{package}/d/f"}


def test_a_ring_of_links_is_not_followed(package: str) -> None:
    (Path(package) / "d" / "ring").symlink_to(package)
    assert "d/ring/a.txt" not in expand_glob(Folders(), package, ["**"], ())
