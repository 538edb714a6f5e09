"""EtImageSizes, EtBudget, EtImageSummary: what an image takes is measured, judged, and said at the end of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from etbuild.api import Artifact, Attrs, Label, PythonEnvironmentInfo, RuleContext, frozen
from rules.cc.actions import Program
from rules.cc.providers import CcInfo
from rules.et.actions import PYTHON_ENV, Flags, repeated

AttrsT = TypeVar("AttrsT", bound=Attrs)
JUDGED = ("fastbuild", "opt", "size")
"""The modes in which budgets are kept: what is made to be debugged is not what is shipped."""


@frozen
class Image:
    """What is measured."""

    program: Program
    runtime: CcInfo
    kernels: tuple[CcInfo, ...]
    chosen: tuple[Artifact, ...]
    """JSON: the kernels that were chosen for its programs."""
    programs: tuple[tuple[str, Artifact], ...]
    """What it holds, by name."""


@frozen
class Sized:
    """What is said of an image."""

    beside: tuple[Artifact, ...]
    """The report, and the page that draws it."""
    verdicts: tuple[Artifact, ...]
    summary: Artifact
    sizes: Artifact
    budgets: tuple[tuple[str, int], ...]
    """Those that are kept."""


def size_image(ctx: RuleContext[AttrsT], image: Image, budgets: Mapping[str, int]) -> Sized:
    """Register the measurement of an image, the verdict on its budgets, and its summary."""
    is_bare = image.program.toolchain.is_bare_metal
    page = ctx.output(f"{ctx.label.name}.html") if is_bare else None
    sizes = _measure(ctx, image, page)
    kept = {name: most for name, most in sorted(budgets.items()) if most and is_bare}
    flags: Flags = ("--sizes", sizes, *repeated("--budget", [f"{name}={most}" for name, most in kept.items()]))
    summary = ctx.output(f"_et/{ctx.label.name}/summary.json")
    _run(ctx, "EtImageSummary", "size/image_summary.py", flags, summary)
    verdicts: tuple[Artifact, ...] = ()
    kept = kept if ctx.configuration.mode in JUDGED else {}
    if kept:
        verdicts = (ctx.output(f"_et/{ctx.label.name}/budget.json"),)
        owner: Flags = ("--owner", str(ctx.label))
        _run(ctx, "EtBudget", "size/budget.py", (*flags, *owner), verdicts[0], before=sizes)
    return Sized((sizes, *((page,) if page else ())), verdicts, summary, sizes, tuple(kept.items()))


def _measure(ctx: RuleContext[AttrsT], image: Image, page: Artifact | None) -> Artifact:
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    sizes = ctx.output(f"{ctx.label.name}.sizes.json")
    program, toolchain = image.program, image.program.toolchain
    map_ = next((file for file in program.beside if file.path.endswith(".map")), None)
    own = archives([image.runtime])
    others = tuple(file for file in archives(image.kernels) if file not in own)
    flags: Flags = ("--image", program.file, *(("--map", map_) if map_ else ()))
    flags += repeated("--program", [f"{name}={file}" for name, file in image.programs])
    flags += repeated("--kernels", image.chosen)
    flags += repeated("--archive", [f"runtime={file}" for file in own] + [f"kernels={file}" for file in others])
    if toolchain.is_bare_metal:
        home = Label(toolchain.label.repository, toolchain.label.package, f"_cc/{toolchain.label.name}/")
        flags += ("--folder", f"start-up={home.path}")
    made = (sizes, page) if page else (sizes,)
    ctx.run(
        "EtImageSizes",
        argv=[
            environment.python,
            ctx.tool("size/image_sizes.py"),
            *flags,
            *(("--title", f"{ctx.label} for {ctx.platform.name}", "--page", page) if page else ()),
            *("--output", sizes),
        ],
        inputs=(*own, *others, *(file for _, file in image.programs)),
        outputs=made,
        env={**PYTHON_ENV, "CC_NM": " ".join(toolchain.nm)},
        mounts=(*(toolchain.mounts or (ctx.system(),)), environment.mount),
        progress="measuring the image",
    )
    return sizes


def _run(
    ctx: RuleContext[AttrsT],
    mnemonic: str,
    tool: str,
    flags: Flags,
    made: Artifact,
    before: Artifact | None = None,
) -> None:
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    ctx.run(
        mnemonic,
        argv=[environment.python, ctx.tool(tool), *flags, "--output", made],
        outputs=(made,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="summing up",
        before=before,
    )


def archives(infos: Sequence[CcInfo]) -> tuple[Artifact, ...]:
    """Return the archives of libraries."""
    return tuple(dict.fromkeys(library.archive for info in infos for library in info.libraries if library.archive))
