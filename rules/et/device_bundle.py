"""device_bundle: an image on many devices, and one table of what it takes and does there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    Label,
    Provider,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    after,
    before,
    per_platform,
    provides,
    rule,
)
from rules.et.actions import PYTHON_ENV, Flags
from rules.et.providers import ImageInfo


def _named(value: Any) -> Any:
    """Read a bare name as `--platform` does: one of etbuild's platforms."""
    if value == "host":
        raise ValueError('must be a device, is "host": name the platform, such as "linux_x86_64"')
    bare = isinstance(value, str) and value and not value.startswith((":", "/", "@"))
    return f"@etbuild//toolchains/platforms:{value}" if bare else value


def _each_once(labels: tuple[Label, ...]) -> tuple[Label, ...]:
    if not labels:
        raise ValueError("must name a platform, is empty")
    twice = [label.name for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise ValueError(f"must name each platform once, names '{twice[0]}' more than once")
    return labels


class DeviceBundleAttrs(Attrs):
    """Attributes of device_bundle."""

    image: Annotated[Dep, provides(ImageInfo), per_platform("platforms")]
    """An et_image, which is built for each platform, measured, held against its budgets, and run: it must end with exit
    code 0. What it takes of the stack, and how many instructions, is told where that can be counted."""

    test: Annotated[Dep, provides(ImageInfo), per_platform("platforms")] | None = None
    """The et_image_test that holds it against eager PyTorch: it is run on each platform, too, and prints `largest error
    <number>e-9`, as `runtime/image/proven_test.cpp` does.  [default: the image itself]"""

    platforms: Annotated[tuple[Annotated[Dep, before(_named)], ...], after(_each_once)]
    """The devices: labels of platforms, or names of `toolchains/platforms`, such as "cortex_m55"."""


def _toolchains(attrs: DeviceBundleAttrs) -> tuple[Request, ...]:
    del attrs
    return (Request("python_environment"),)


@rule(attrs=DeviceBundleAttrs, toolchains=_toolchains)
def device_bundle(ctx: RuleContext[DeviceBundleAttrs]) -> Sequence[Provider]:
    """Build and run an image for many devices, and say in one table what it takes and does there."""
    name = ctx.label.name
    text, table, page = (ctx.output(f"{name}.{ending}") for ending in ("txt", "json", "html"))
    summary, verdict = (ctx.output(f"_et/{name}/{part}.json") for part in ("summary", "devices"))
    title: Flags = ("--title", f"{ctx.attrs.image} on {len(ctx.attrs.platforms)} devices")
    made: Flags = ("--json", table, "--text", text, "--page", page, "--summary", summary)
    _run(ctx, "EtDeviceTable", "devices/device_table.py", (*title, *_devices(ctx), *made), (table, text, page, summary))
    judged: Flags = ("--owner", str(ctx.label), "--table", table, "--output", verdict)
    _run(ctx, "EtDeviceVerdict", "devices/device_verdict.py", judged, (verdict,))
    return [DefaultInfo((text,), validations=(verdict,), beside=(table, page), summary=summary)]


def _devices(ctx: RuleContext[DeviceBundleAttrs]) -> Flags:
    """Return what there is of each device. Raises `missing-program` for what nothing here can run."""
    attrs = ctx.attrs
    images = ctx.on_platforms(attrs.image, ImageInfo)
    tests = ctx.on_platforms(attrs.test, ImageInfo) if attrs.test else images
    flags: list[str | Artifact] = []
    for index, ((platform, image), (_, test)) in enumerate(zip(images, tests, strict=True)):
        if image.run is None or test.run is None:
            message = f"'{ctx.label}' needs what runs programs for '{platform.name}', which is not installed"
            notes = (image.lacks or test.lacks,)
            raise ctx.mistake("missing-program", message, "platforms", index, notes, platform.hint or None)
        flags += ["--device", platform.name, image.sizes, image.run, test.run]
        for memory, most in image.budgets:
            flags += ["--budget", platform.name, memory, str(most)]
    return tuple(flags)


def _run(
    ctx: RuleContext[DeviceBundleAttrs], mnemonic: str, tool: str, flags: Flags, outputs: tuple[Artifact, ...]
) -> None:
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    ctx.run(
        mnemonic,
        argv=[environment.python, ctx.tool(tool), *flags],
        outputs=outputs,
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="comparing devices",
    )
