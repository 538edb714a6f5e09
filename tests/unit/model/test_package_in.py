from __future__ import annotations

import pytest

from etbuild.model.workspace import Workspace

ROOTS = {"": ".", "models": "model_specs/models", "models/big": "disk/big", "src": "model_specs/models/src"}


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("", ""),
        ("docs/design", "docs/design"),
        ("model_specs", "model_specs"),
        ("model_specs/models", "models"),
        ("model_specs/models/vision", "models/vision"),
        ("model_specs/models_of_others", "model_specs/models_of_others"),
        ("model_specs/models/src/net", "src/net"),
        ("disk/big", "models/big"),
    ],
)
def test_a_folder_is_the_package_that_its_root_makes_it(folder: str, package: str) -> None:
    assert Workspace("/w", "w", ROOTS).package_in(folder) == package


def test_a_folder_outside_all_roots_keeps_its_own_path() -> None:
    assert Workspace("/w", "w", {"models": "specs"}).package_in("docs") == "docs"
