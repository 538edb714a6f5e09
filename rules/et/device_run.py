"""EtDeviceRun: an image on its platform, as an action. Knows nothing of who asks for what it says."""

from __future__ import annotations

from typing import TypeVar

from etbuild.api import Artifact, Attrs, EtbuildError, InputSet, PythonEnvironmentInfo, RuleContext, RunInfo
from rules.et.actions import PYTHON_ENV

AttrsT = TypeVar("AttrsT", bound=Attrs)
GRACE = 60
"""In seconds: how much longer the action has than the program."""


def run_on_device(ctx: RuleContext[AttrsT], run: RunInfo, timeout: int) -> Artifact | str:
    """Register the run of an image on its platform; return what is said of it, or what is not installed.

    Nothing runs until a dependent asks. It is the image's own action, so that no verdict on the image is waited for:
    what breaks a budget runs, too.
    """
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    platform = ctx.platform
    try:
        emulator = ctx.system(platform.programs, platform.packages, platform.hint)
    except EtbuildError as error:
        return error.diagnostics[0].message
    said = ctx.output(f"_et/{ctx.label.name}/run.json")
    # A board is no machine of which this one might be one.
    words = () if platform.memory and not platform.run_under else (*platform.run_under, *run.argv)
    flags = ("--owner", str(ctx.label), "--device", platform.name, "--timeout", str(timeout), "--output", said)
    ctx.run(
        "EtDeviceRun",
        argv=[environment.python, ctx.tool("devices/run_image.py"), *flags, "--", *words],
        inputs=InputSet(platform.files, [run.inputs]),
        outputs=(said,),
        env=PYTHON_ENV,
        mounts=(*run.mounts, emulator, environment.mount),
        timeout=timeout + GRACE,
        progress=f"running on {platform.name}",
    )
    return said
