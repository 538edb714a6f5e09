"""A small workspace of genrules under random edits, and what its outputs must be: known without etbuild."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = (
    "for f in $SRCS; do if grep -q FAIL $f; then exit 9; fi; cat $f; "
    "if [ -x $f ]; then echo x; else echo -; fi; done > $OUT"
)
FILES = 4
Edit = Callable[[Path], None]
_STRUCTURAL = frozenset(
    [
        *("build_comment", "build_sources", "deleted", "failing", "folder_in_its_place", "globbed", "healed"),
        *("new_package", "renamed", "stray_folder"),
    ]
)
"""These send a build down the full path, or break it."""


@dataclass
class Target:
    """A genrule: its own sources, files by a glob, and outputs of targets that stand before it."""

    package: str
    name: str
    sources: list[str]
    globs: bool = False
    needs: list[int] = field(default_factory=list)
    version: int = 0


class EditedWorkspace:
    """Edits are values of one random sequence, to be made to as many folders as one likes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be guessed.
        self.targets = [self._target(index) for index in range(8)]
        self.packages = 3
        self.count = 0

    def _target(self, index: int) -> Target:
        needs = self.chance.sample(range(index), min(index, self.chance.randrange(3)))
        sources = [f"s{number}.txt" for number in self.chance.sample(range(FILES), self.chance.randrange(1, 3))]
        return Target(f"p{self.chance.randrange(3)}", f"t{index}", sources, self.chance.random() < 0.4, needs)

    def write(self, root: Path) -> None:
        """Write the workspace as it begins."""
        for package in range(self.packages):
            (root / f"p{package}").mkdir(parents=True)
            for name in ("g0.txt", "real.dat", *(f"s{number}.txt" for number in range(FILES))):
                (root / f"p{package}" / name).write_text(f"p{package}/{name}\n")
        (root / "WORKSPACE").write_text('name = "edited"\nfamilies = ["core"]\n')
        self.write_builds(root)

    def write_builds(self, root: Path) -> None:
        """Write every BUILD.toml that is not what it should be."""
        for package in range(self.packages):
            text = '[package]\nvisibility = ["//visibility:public"]\n'
            for target in self.targets:
                if target.package == f"p{package}":
                    text += self._table(target)
            file = root / f"p{package}" / "BUILD.toml"
            file.parent.mkdir(exist_ok=True)
            if not file.is_file() or file.read_text() != text:
                file.write_text(text)

    def _table(self, target: Target) -> str:
        sources = [f'"{name}"' for name in target.sources]
        sources += ['{ glob = ["g*.txt"] }'] if target.globs else []
        sources += [f'"//{self.targets[need].package}:{self.targets[need].name}"' for need in target.needs]
        return (
            f"# version {target.version}\n[genrule.{target.name}]\nsrcs = [{', '.join(sources)}]\n"
            f'outs = ["{target.name}.out"]\ncmd = "{COMMAND}"\n'
        )

    def expected(self, root: Path) -> dict[str, str] | None:
        """Return each output's content by its path below etbuild-out/host; None if the build must fail."""
        made: dict[int, str] = {}
        for index, target in enumerate(self.targets):
            folder = root / target.package
            globbed = sorted(path.name for path in folder.glob("g*.txt") if path.is_file()) if target.globs else []
            if target.globs and not globbed:
                return None
            text = ""
            for name in (*target.sources, *globbed):
                if not (folder / name).is_file():
                    return None
                mark = "x" if (folder / name).stat().st_mode & 0o100 else "-"
                text += f"{(folder / name).read_text()}{mark}\n"
            text += "".join(f"{made[need]}-\n" for need in target.needs)
            if "FAIL" in text:
                return None
            made[index] = text
        return {f"{self.targets[index].package}/{self.targets[index].name}.out": text for index, text in made.items()}

    def edit(self, *, broken: bool) -> tuple[str, Edit]:
        """Return the next edit, with its name. What is `broken` is soon healed: fast paths begin from what is whole."""
        self.count += 1
        kinds = [name.removeprefix("_edit_") for name in dir(self) if name.startswith("_edit_")]
        weights = [1 if kind in _STRUCTURAL else 4 for kind in kinds]
        kind = "healed" if broken and self.chance.random() < 0.5 else self.chance.choices(kinds, weights)[0]
        edit: Edit = getattr(self, f"_edit_{kind}")()
        return kind, edit

    def _file(self) -> str:
        target = self.chance.choice(self.targets)
        return f"{target.package}/{self.chance.choice([*target.sources, 'g0.txt'])}"

    def _output(self) -> str:
        target = self.chance.choice(self.targets)
        return f"etbuild-out/host/{target.package}/{target.name}.out"

    def _text(self) -> str:
        return f"{self.chance.getrandbits(64):020d}\n"

    def _edit_nothing(self) -> Edit:
        return lambda _root: None

    def _edit_content(self) -> Edit:
        path, text = self._file(), self._text() * self.chance.randrange(1, 4)
        return lambda root: _write(root / path, text)

    def _edit_same_size(self) -> Edit:
        path, text = self._file(), self._text()
        return lambda root: _write(root / path, text)

    def _edit_same_size_and_time(self) -> Edit:
        path, text = self._file(), self._text()

        def edit(root: Path) -> None:
            before = (root / path).stat() if (root / path).is_file() else None
            _write(root / path, text)
            if before is not None:
                os.utime(root / path, ns=(before.st_atime_ns, before.st_mtime_ns))

        return edit

    def _edit_replaced(self) -> Edit:
        path, text = self._file(), self._text()

        def edit(root: Path) -> None:
            (root / f"{path}.new").write_text(text)
            _clear(root / path)
            (root / f"{path}.new").replace(root / path)

        return edit

    def _edit_same_bytes(self) -> Edit:
        path = self._file()

        def edit(root: Path) -> None:
            if (root / path).is_file():
                _write(root / path, (root / path).read_text())

        return edit

    def _edit_touched(self) -> Edit:
        path, when = self._file(), self.chance.choice((0, 1_000_000_000, 4_000_000_000))
        return lambda root: os.utime(root / path, (when, when)) if (root / path).is_file() else None

    def _edit_mode(self) -> Edit:
        path, mode = self._file(), self.chance.choice((0o644, 0o755))
        return lambda root: (root / path).chmod(mode) if (root / path).is_file() else None

    def _edit_deleted(self) -> Edit:
        path, back = self._file(), self._text()
        if self.chance.random() < 0.6:
            return lambda root: _write(root / path, back)
        return lambda root: _clear(root / path)

    def _edit_renamed(self) -> Edit:
        old, new = self._file(), f"g{self.chance.randrange(4)}.txt"

        def edit(root: Path) -> None:
            if (root / old).is_file() and not (root / old).with_name(new).is_dir():
                (root / old).rename((root / old).with_name(new))

        return edit

    def _edit_healed(self) -> Edit:
        def edit(root: Path) -> None:
            for target in self.targets:
                for name in (*target.sources, "g0.txt"):
                    path = root / target.package / name
                    if not path.is_file() or "FAIL" in path.read_text():
                        _write(path, f"{name}\n")
            for path in root.glob("p*/*"):
                if path.is_file() and "FAIL" in path.read_text() and path.suffix != ".toml":
                    _write(path, "healed\n")

        return edit

    def _edit_linked(self) -> Edit:
        path = self._file()

        def edit(root: Path) -> None:
            _clear(root / path)
            (root / path).symlink_to("real.dat")

        return edit

    def _edit_link_target(self) -> Edit:
        path, text = f"p{self.chance.randrange(3)}/real.dat", self._text()
        return lambda root: _write(root / path, text)

    def _edit_folder_in_its_place(self) -> Edit:
        path = self._file()

        def edit(root: Path) -> None:
            _clear(root / path)
            (root / path).mkdir()

        return edit

    def _edit_globbed(self) -> Edit:
        path, text = f"p{self.chance.randrange(3)}/g{self.chance.randrange(4)}.txt", self._text()
        return (
            (lambda root: _clear(root / path)) if self.chance.random() < 0.4 else lambda root: _write(root / path, text)
        )

    def _edit_failing(self) -> Edit:
        path = self._file()
        return lambda root: _write(root / path, "FAIL\n")

    def _edit_build_comment(self) -> Edit:
        self.chance.choice(self.targets).version = self.count
        return self.write_builds

    def _edit_build_sources(self) -> Edit:
        target = self.chance.choice(self.targets)
        target.sources = [f"s{number}.txt" for number in self.chance.sample(range(FILES), 2)]
        target.globs = not target.globs
        return self.write_builds

    def _edit_new_package(self) -> Edit:
        if self.packages < 6:
            self.targets.append(Target(f"p{self.packages}", f"n{self.packages}", ["s0.txt"], True, [0]))
            self.packages += 1
        package, text = f"p{self.packages - 1}", self._text()

        def edit(root: Path) -> None:
            self.write_builds(root)
            _write(root / package / "s0.txt", text)

        return edit

    def _edit_stray_folder(self) -> Edit:
        path = f"p{self.chance.randrange(3)}/d{self.chance.randrange(3)}"
        return lambda root: _clear(root / path) if (root / path).is_dir() else (root / path).mkdir()

    def _edit_output_tampered(self) -> Edit:
        path, text = self._output(), self._text()

        def edit(root: Path) -> None:
            # As a person would: the file is read-only, and its inode is the cache's.
            _clear(root / path)
            _write(root / path, text)

        return edit

    def _edit_output_deleted(self) -> Edit:
        path = self._output()
        return lambda root: _clear(root / path)

    def _edit_outputs_deleted(self) -> Edit:
        return lambda root: _clear(root / "etbuild-out/host")

    def _edit_cache_emptied(self) -> Edit:
        return lambda root: _clear(root.parent / "cache/cas")


def _write(path: Path, text: str) -> None:
    if path.is_dir():
        _clear(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
