"""Builds the examples' images twice, in two folders, and holds every file that comes of it against its twin.

    python3 scripts/equal_images.py                     all, on all devices of scripts/test_examples and of bundles
    python3 scripts/equal_images.py --only sine         those of one example
    python3 scripts/equal_images.py --small             those of SMALL, in about two minutes

One build has the cache that there is, which others may have filled, and a sandbox. The other one has an empty cache, a
deeper folder, another time zone, and no sandbox that would hide where it stands; but for zig, which writes where it
lies into debug information: there the sandbox is what makes bytes equal. Both share what is pinned and fetched, and
nothing that was made; with --small also programs, zig's C libraries, and what below //runtime is compiled, whose bytes
the whole check compares. etbuild starts its interpreter with a hash seed of its own each time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DEVICES = ROOT / "scripts/test_examples"
"""Whose lines say which examples are for which devices."""
FETCHED = ("environments", "python", "repositories", "tool")
"""What of a cache is pinned by locks: equal by what it is, not by how it was made."""
MADE = (
    "EtEager", "EtExport", "EtLower", "EtMeasure", "EtQuantize", "EtTokenizer", "EtVerdict", "Genrule",
    "CcArchive runtime/", "CcCompile runtime/", "CcExports runtime/", "EtRuntimeFiles runtime/",
)  # fmt: skip
"""What actions that --small shares are, and where what they make stands."""
BY_ZIG = ("linux_aarch64_musl", "wasi")


class Build(NamedTuple):
    """What is built at once."""

    mode: str
    platform: str
    patterns: tuple[str, ...]


SMALL = (
    Build("fastbuild", "wasi", ("//examples/photograph/...",)),
    Build("size", "cortex_m0", ("//examples/sine/...",)),
    Build("fastbuild", "linux_armv7", ("//examples/voice_activity/...",)),
    Build("size", "riscv32", ("//examples/wake_word/...",)),
)
"""zig; a board of Arm, optimized when linked; GCC with glibc; a board of RISC-V."""


def main() -> int:
    """Build twice, compare, tell. Returns 1 if something differs, or is not built at all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a few, for a platform of each kind")
    parser.add_argument("--only", metavar="EXAMPLE", help="those of one example")
    parser.add_argument("--keep", action="store_true", help="leave both folders, to look at what differs")
    arguments = parser.parse_args()
    cache = cache_folder()
    # Beside the cache: what is shared of it is hard-linked.
    folder = tempfile.mkdtemp(prefix="equal-images-", dir=cache.parent)
    with contextlib.ExitStack() as stack:
        if not arguments.keep:
            stack.callback(shutil.rmtree, folder)
        one, other = Path(folder, "one"), Path(folder, "deeper", "down", "the", "other")
        for checkout in (one, other):
            copy_sources(checkout)
        second = second_cache(cache, Path(folder, "cache"), MADE if arguments.small else ())
        elsewhere = {"ETBUILD_CACHE": str(second), "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "4711"}
        for each in SMALL if arguments.small else (*devices(), *bundled()):
            if words := words_of(each, arguments.only):
                build(one, words)
                build(other, words if each.platform in BY_ZIG else ["--sandbox=none", *words], elsewhere)
        forgotten = [] if arguments.small else [label for label in images(arguments.only) if not is_built(one, label)]
        for label in forgotten:
            print(f"for none of the devices: {label}")
        return compare(digests(one / "etbuild-out"), digests(other / "etbuild-out")) or bool(forgotten)


def devices() -> Iterator[Build]:
    """Yield what the examples' tests are run on."""
    for line in DEVICES.read_text().splitlines():
        words = shlex.split(line, comments=True)
        if words[:2] != ["./etbuild", "test"]:
            continue
        mode = words.pop(words.index("-c") + 1) if "-c" in words else "fastbuild"
        platforms = [word.removeprefix("--platform=") for word in words if word.startswith("--platform=")]
        patterns = tuple(word for word in words if word.startswith("//"))
        yield from (Build(mode, platform, patterns) for platform in platforms or ["host"])


def bundled() -> Iterator[Build]:
    """Yield what the examples' bundles are for; each device is a row of its own in them."""
    for file in sorted(ROOT.glob("examples/*/BUILD.toml")):
        for bundle in tomllib.loads(file.read_text()).get("device_bundle", {}).values():
            labels = (f"//examples/{file.parent.name}{bundle[what]}" for what in ("image", "test") if what in bundle)
            patterns = tuple(labels)
            yield from (Build("size", platform, patterns) for platform in bundle["platforms"])


def words_of(build: Build, only: str | None) -> list[str]:
    """Return the words for what is built: the images of its patterns, or none if it has none."""
    meant = " + ".join(build.patterns)
    wanted = set(query(f"kind('et_image.* rule', {meant})")) & set(images(only))
    if not wanted:
        return []
    others = [f"-{label}" for label in query(meant) if label not in wanted]
    # Patterns leave out what is not for the platform; what is named must be for it.
    return ["-c", build.mode, f"--platform={build.platform}", "--", *build.patterns, *others]


def images(only: str | None) -> list[str]:
    """Return the labels of all images, or of those of one example."""
    found = query("kind('et_image.* rule', //examples/...)")
    return [label for label in found if only in (None, label.removeprefix("//examples/").partition(":")[0])]


def is_built(checkout: Path, label: str) -> bool:
    """Say whether an image was placed for some platform."""
    package, _, name = label.removeprefix("//").partition(":")
    return any((checkout / "etbuild-out").glob(f"*/{package}/{name or Path(package).name}.sizes.json"))


def query(expression: str) -> list[str]:
    """Return the labels that an expression means."""
    command = [str(ROOT / "etbuild"), "query", expression]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def cache_folder() -> Path:
    """Return where etbuild keeps what it made."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("ETBUILD_CACHE") or Path(base, "etbuild")).resolve()


def copy_sources(checkout: Path) -> None:
    """Copy what is in the repository, changes and new files included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)


def second_cache(cache: Path, made: Path, shared: Sequence[str]) -> Path:
    """Make a cache that has what is fetched, and of what was made what `shared` begins."""
    made.mkdir()
    for name in FETCHED:
        if (cache / name).exists():
            (made / name).symlink_to(cache / name)
    if shared:
        shutil.copytree(cache / "cas", made / "cas", copy_function=os.link)
        with contextlib.closing(sqlite3.connect(made / "store.db")) as kept:
            with contextlib.closing(sqlite3.connect(cache / "store.db")) as everything:
                everything.backup(kept)
            kept.execute("CREATE TEMPORARY TABLE shared(name TEXT)")
            kept.executemany("INSERT INTO shared VALUES (?)", [(name,) for name in shared])
            kept.execute(
                "DELETE FROM action WHERE key NOT IN (SELECT run.key FROM run JOIN shared"
                " ON substr(run.identity, 1, length(shared.name)) = shared.name)"
            )
            kept.commit()
    return made


def build(checkout: Path, words: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Build in a checkout. Raises SystemExit if that fails."""
    shown = words[: words.index("--")]
    print(f"{checkout.name}: etbuild build {' '.join(shown)}", flush=True)
    command = [str(checkout / "etbuild"), "build", *words]
    done = subprocess.run(
        command, cwd=checkout, env={**os.environ, **(env or {})}, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout)
    print(f"  {done.stdout.rstrip().splitlines()[-1]}", flush=True)


def digests(outputs: Path) -> dict[str, str]:
    """Return the digest of each file that was placed, by its path; what etbuild keeps for itself is left out."""
    found = [path for path in outputs.rglob("*") if path.is_file()]
    names = {str(path.relative_to(outputs)): path for path in found}
    return {name: digest(path) for name, path in names.items() if not name.startswith(".")}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Tell what differs, or that nothing does."""
    different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    for name in different:
        print(f"differs: {name}")
    counts = Counter(name.partition("/")[0] for name in one)
    print(", ".join(f"{platform} {count}" for platform, count in sorted(counts.items())))
    print(f"{len(one)} files, {len(different)} of them differ" if different else f"{len(one)} files, all equal")
    return 1 if different or not one else 0


if __name__ == "__main__":
    sys.exit(main())
