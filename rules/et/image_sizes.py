"""EtImageSizes: what a build says of a hosted image at its end. Firmware says what it takes of its memories instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from etbuild.api import Artifact, Attrs, RuleContext
from rules.cc.actions import Program
from rules.cc.providers import CcInfo

AttrsT = TypeVar("AttrsT", bound=Attrs)


def image_summary(ctx: RuleContext[AttrsT], program: Program, runtime: CcInfo, kernels: Sequence[CcInfo]) -> Artifact:
    """Return the summary of an image: bytes by runtime, kernels and programs."""
    if program.summary is not None:
        return program.summary
    summary = ctx.output(f"_et/{ctx.label.name}/sizes.json")
    own = archives([runtime])
    others = tuple(file for file in archives(kernels) if file not in own)
    map_ = next((file for file in program.beside if file.path.endswith(".map")), None)
    given = (program.file, *((map_,) if map_ else (*own, *others)))
    ctx.run(
        "EtImageSizes",
        argv=["/bin/sh", ctx.tool("image/image_sizes.sh"), program.file, map_ or "", summary],
        inputs=given,
        outputs=(summary,),
        env={
            "CC_NM": " ".join(program.toolchain.nm),
            "KERNELS": "".join(f"{file.path}\n" for file in others),
            "LC_ALL": "C.UTF-8",
            "RUNTIME": "".join(f"{file.path}\n" for file in own),
        },
        mounts=program.toolchain.mounts or (ctx.system(),),
        progress="summing up",
    )
    return summary


def archives(infos: Sequence[CcInfo]) -> tuple[Artifact, ...]:
    """Return the archives of libraries."""
    return tuple(dict.fromkeys(library.archive for info in infos for library in info.libraries if library.archive))
