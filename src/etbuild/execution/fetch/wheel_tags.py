"""What a wheel's name says of the platforms that it is for, as pip takes it. Fetches nothing."""

from __future__ import annotations

import re


def platform_options(wheel: str) -> tuple[str, ...]:
    """Return what lets pip fetch a wheel that need not fit this machine."""
    python, abi, platform = wheel.removesuffix(".whl").split("-")[-3:]
    if platform == "any":
        return ()
    tags = tuple(option for tag in platform.split(".") for option in ("--platform", tag))
    tag = python.split(".")[0]
    # A wheel for any Python 3 asks for none: pip would take "3" for 3.0, which is too old for all.
    version = ("--python-version", tag[2:]) if len(tag) > 3 else ()
    return *version, "--implementation", tag[:2], "--abi", abi, *tags


def wheel_platforms(platform: str) -> list[str]:
    """Return a platform and those whose wheels run there too; pip knows macOS's, but not glibc's."""
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if found is None:
        return [platform] if platform else []
    return [*(f"manylinux_2_{minor}_{found[2]}" for minor in range(int(found[1]), 4, -1)), f"manylinux2014_{found[2]}"]
