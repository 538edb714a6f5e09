"""Puts what is beside src/ into the wheel: there it is the repository @etbuild, as the checkout is here."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
BESIDE = ("WORKSPACE", "etbuild.lock", "rules", "toolchains", "runtime", "model_specs")


class BuildWithRoot(build_py):
    """Copies the folders that are no Python packages of their own."""

    def run(self) -> None:
        """Build the package, then lay @etbuild out inside it."""
        super().run()
        for name in BESIDE:
            target = Path(self.build_lib, "etbuild", "_root", name)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)


setup(cmdclass={"build_py": BuildWithRoot})
