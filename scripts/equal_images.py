"""Builds the examples' images twice, in two folders, and holds every file that comes of it against its twin.

    python3 scripts/equal_images.py                     every image on all its platforms: as long as a first build
    python3 scripts/equal_images.py --only sine         those of one example
    python3 scripts/equal_images.py --small             those of SMALL, in about two minutes

One build has the cache that there is, which others may have filled, and a sandbox. The other one has an empty cache, a deeper
folder, another time zone, and no sandbox that would hide where it stands; but for zig, which writes where it lies into
debug information: there the sandbox is what makes bytes equal. Both share what is pinned and fetched, and nothing that was
made; with --small also programs, zig's C libraries, and what below //runtime is compiled, whose bytes the whole check
compares. etbuild starts its interpreter with a hash seed of its own each time.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVERY_IMAGE = "kind('et_image.* rule', //examples/...)"
FETCHED = ("environments", "python", "repositories", "tool")
"""What of a cache is pinned by locks: equal by what it is, not by how it was made."""
MADE = (
    "EtEager", "EtExport", "EtLower", "EtMeasure", "EtQuantize", "EtTokenizer", "EtVerdict", "Genrule",
    "CcArchive runtime/", "CcCompile runtime/", "CcExports runtime/", "EtRuntimeFiles runtime/",
)  # fmt: skip
"""What actions that --small shares are, and where what they make stands."""

Builds = Mapping[str, Sequence[tuple[str, Sequence[str]]]]
"""By example: modes, and platforms of each."""
IMAGES: Builds = {
    "face": [("fastbuild", ["host", "cortex_m7"])],
    "llama": [("fastbuild", ["linux_aarch64", "linux_armv7"])],
    "own_kernel": [("fastbuild", ["host"])],
    "photograph": [("fastbuild", ["host", "linux_aarch64_musl", "wasi"])],
    "sentences": [("fastbuild", ["host", "linux_riscv64"])],
    "sine": [("fastbuild", ["host"]), ("size", ["cortex_m0"])],
    "smallest": [("fastbuild", ["host"]), ("size", ["cortex_m0", "cortex_m55"])],
    "voice_activity": [("fastbuild", ["host", "linux_armv7", "linux_riscv64"])],
    "wake_word": [("fastbuild", ["host"]), ("size", ["cortex_m4f", "cortex_m55", "riscv32"])],
}
BY_ZIG = ("linux_aarch64_musl", "wasi")
SMALL: Builds = {
    "photograph": [("fastbuild", ["wasi"])],
    "sine": [("size", ["cortex_m0"])],
    "voice_activity": [("fastbuild", ["linux_armv7"])],
    "wake_word": [("size", ["riscv32"])],
}
"""zig; a board of Arm, optimized when linked; GCC with glibc; a board of RISC-V."""


def main() -> int:
    """Build twice, compare, tell. Returns 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a few, for a platform of each kind")
    parser.add_argument("--only", action="append", choices=sorted(IMAGES), help="those of an example; repeatable")
    parser.add_argument("--keep", action="store_true", help="leave both folders, to look at what differs")
    arguments = parser.parse_args()
    builds = SMALL if arguments.small else {name: IMAGES[name] for name in arguments.only or IMAGES}
    images = images_by_example()
    forgotten = images.keys() - IMAGES.keys()
    if forgotten:
        raise SystemExit(f"IMAGES must name every example with images, lacks {', '.join(sorted(forgotten))}")
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
        for name, modes in builds.items():
            for mode, platform in ((mode, platform) for mode, platforms in modes for platform in platforms):
                words = [*images[name], "-c", mode, f"--platform={platform}"]
                build(one, words, {})
                build(other, words if platform in BY_ZIG else [*words, "--sandbox=none"], elsewhere)
        return compare(digests(one / "etbuild-out"), digests(other / "etbuild-out"))


def images_by_example() -> dict[str, list[str]]:
    """Return the labels of all images, by the example that they are of."""
    command = [str(ROOT / "etbuild"), "query", EVERY_IMAGE]
    found: dict[str, list[str]] = {}
    for label in subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split():
        found.setdefault(label.removeprefix("//examples/").partition(":")[0], []).append(label)
    return found


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
            named = " OR ".join("identity LIKE ? || '%'" for _ in shared)
            kept.execute(f"DELETE FROM action WHERE key NOT IN (SELECT key FROM run WHERE {named})", shared)
            kept.commit()
    return made


def build(checkout: Path, words: Sequence[str], env: Mapping[str, str]) -> None:
    """Build in a checkout. Raises SystemExit if that fails."""
    print(f"{checkout.name}: etbuild build {' '.join(words)}", flush=True)
    command = [str(checkout / "etbuild"), "build", *words]
    done = subprocess.run(
        command, cwd=checkout, env={**os.environ, **env}, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout)
    print(f"  {done.stdout.rstrip().rpartition(chr(10))[2]}", flush=True)


def digests(outputs: Path) -> dict[str, str]:
    """Return the digest of each file that was placed, by its path."""
    return {str(path.relative_to(outputs)): digest(path) for path in files(outputs)}


def files(outputs: Path) -> Iterator[Path]:
    """Yield what was placed, and not what etbuild keeps for itself."""
    for path in sorted(outputs.rglob("*")):
        if path.is_file() and not path.relative_to(outputs).parts[0].startswith("."):
            yield path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Tell what differs, or that nothing does."""
    different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    for name in different:
        print(f"differs: {name}")
    by_platform: dict[str, int] = {}
    for name in one:
        by_platform[name.partition("/")[0]] = by_platform.get(name.partition("/")[0], 0) + 1
    print(", ".join(f"{platform} {count}" for platform, count in sorted(by_platform.items())))
    print(f"{len(one)} files, {len(different)} of them differ" if different else f"{len(one)} files, all equal")
    return 1 if different or not one else 0


if __name__ == "__main__":
    sys.exit(main())
