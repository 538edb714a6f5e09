"""etbuild from a wheel: what stands beside src/ comes along as @etbuild."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import tomli

from etbuild.start import root_of

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"""["'](?:@etbuild)?//([\w-]+)""")


def folders_of_labels(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield where a label of @etbuild stands, and the first folder of its package."""
    for path in sorted(folder.rglob("*")):
        if path.name == "BUILD.toml" or (path.suffix == ".py" and folder.name == "rules"):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield from (
                    (path, name) for name in LABEL.findall(line) if not line.lstrip().startswith(("#", "visibility"))
                )


def test_in_a_checkout_etbuilds_repository_is_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert root_of(str(tmp_path / "src")) == tmp_path


def test_from_a_wheel_it_is_inside_the_package(tmp_path: Path) -> None:
    assert root_of(str(tmp_path / "site-packages")) == tmp_path / "site-packages" / "etbuild" / "_root"


def test_what_etbuilds_packages_name_comes_along() -> None:
    beside = re.search(r"^BESIDE = (\(.*\))$", (ROOT / "setup.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert beside is not None
    along = set(re.findall(r'"([^"]+)"', beside[1]))
    roots = tomli.loads((ROOT / "WORKSPACE").read_text(encoding="utf-8"))["roots"]
    found = [each for name in sorted(along) for each in folders_of_labels(ROOT / name)]
    assert len(found) > 100  # Labels are found where they are looked for.
    known = {*along, "visibility"}
    assert {(path.name, name) for path, name in found if roots.get(name, name).split("/")[0] not in known} == set()
