"""Resolves an environment's requirements with pip, and pins the wheels. Knows neither targets nor installing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.fetch.pip import run_pip
from etbuild.execution.fetch.session import FetchSession, offline_missing
from etbuild.execution.fetch.wheel_tags import wheel_platforms
from etbuild.execution.scratch_folder import scratch_folder
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.lock import EnvironmentIntent, LockedFile, LockFile, name_and_version, normalise_name

_WHEELS = ("--only-binary", ":all:")
_LEFT_OUT = "+left.out"
"""A local version that no real package has."""


def lock_environment(session: FetchSession, intent: EnvironmentIntent) -> LockFile:
    """Resolve for this interpreter and platform, and pin every wheel; then the same versions for other platforms."""
    if session.offline:
        raise offline_missing(", ".join(intent.requirements), (), "run `etbuild lock` while online")
    with scratch_folder(session.cache, "lock-") as folder:
        versions = resolve(session, intent, folder)
        wheels = _download(session, versions, folder / "wheels")
        for platform in intent.platforms:
            wheels += _download_for(session, versions, platform, folder / platform)
        return LockFile(tuple(sorted(set(wheels))), intent.requirements, intent.without, intent.platforms)


def resolve(session: FetchSession, intent: EnvironmentIntent, folder: Path) -> tuple[str, ...]:
    """Return `name==version` of all that is needed, sorted, by pip's own resolver."""
    constraints = [_write_stub_wheel(folder, *_pinned(requirement)) for requirement in intent.without]
    (folder / "requirements.txt").write_text("\n".join(intent.requirements))
    (folder / "constraints.txt").write_text("\n".join(constraints))
    options = ("--dry-run", "--ignore-installed", "--quiet", "--report", "report.json", "--find-links", ".", *_WHEELS)
    run_pip(session, ["install", *options, "-r", "requirements.txt", "-c", "constraints.txt"], folder)
    report = json.loads((folder / "report.json").read_text())
    found = [(normalise_name(each["metadata"]["name"]), each["metadata"]["version"]) for each in report["install"]]
    return tuple(sorted(f"{name}=={version}" for name, version in found if not version.endswith(_LEFT_OUT)))


def _write_stub_wheel(folder: Path, name: str, version: str) -> str:
    """Write an empty wheel that stands in for a package left out; return the constraint that makes pip take it."""
    stem = f"{name.replace('-', '_')}-{version}{_LEFT_OUT}"
    members = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}{_LEFT_OUT}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: etbuild\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        for member, text in members.items():
            wheel.writestr(f"{stem}.dist-info/{member}", text)
    return f"{name}=={version}{_LEFT_OUT}"


def _pinned(requirement: str) -> tuple[str, str]:
    name, equal, version = requirement.partition("==")
    if not equal:
        message = f"each of 'without' must be 'name==version', is '{requirement}'"
        hint = "the version is one that those who ask for it accept"
        raise EtbuildError(Diagnostic("bad-requirement", message, hint=hint))
    return normalise_name(name.strip()), version.strip()


def _download(
    session: FetchSession, versions: Sequence[str], folder: Path, extra: Sequence[str] = ()
) -> list[LockedFile]:
    folder.mkdir()
    run_pip(session, ["download", "--no-deps", *_WHEELS, "--dest", ".", *extra, *versions], folder)
    return [lock_wheel(path) for path in sorted(folder.iterdir())]


def _download_for(session: FetchSession, versions: Iterable[str], platform: str, folder: Path) -> list[LockedFile]:
    # A local version names one platform's build, such as `+cpu`; elsewhere the plain one is meant.
    public = [version.partition("+")[0] for version in versions]
    python, _, system = platform.rpartition("-")
    options = ["--python-version", python.removeprefix("cp")] if python else []
    return _download(session, public, folder, [*options, *(f"--platform={tag}" for tag in wheel_platforms(system))])


def lock_wheel(path: Path) -> LockedFile:
    """Return what pins a wheel; name and version stand in its file name."""
    return LockedFile(*name_and_version(path.name), path.name, path.stat().st_size, file_sha256(path))
