"""etbuild from a wheel: what stands beside src/ comes along as @etbuild."""

from __future__ import annotations

from pathlib import Path

from etbuild.start import root_of


def test_in_a_checkout_etbuilds_repository_is_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert root_of(str(tmp_path / "src")) == tmp_path


def test_from_a_wheel_it_is_inside_the_package(tmp_path: Path) -> None:
    assert root_of(str(tmp_path / "site-packages")) == tmp_path / "site-packages" / "etbuild" / "_root"
