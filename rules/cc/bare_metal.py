"""Programs where there is no operating system: start-up code, memory, images for flash, and what fills them."""

from __future__ import annotations

from etbuild.api import Artifact, RuleContext, RunInfo, TestInfo
from rules.cc.attrs import CcProgramAttrsT
from rules.cc.compile_action import DEFAULT_STANDARDS, Compilation, compile_sources, occasions
from rules.cc.exports import include_folders
from rules.cc.providers import CcInfo, CcToolchainInfo
from rules.cc.sources import sort_sources

GRACE = 20
"""In seconds: how much longer than a program's time its emulator has, to say where that stands."""
MAIN_MEMORY = ("flash", "ram")
"""What every program needs; what a platform has beside them are tiers."""


def compile_startup(ctx: RuleContext[CcProgramAttrsT], toolchain: CcToolchainInfo) -> tuple[Artifact, ...]:
    """Register the compiles of a toolchain's start-up code; equal ones of other programs are the same.

    It is not optimized when linking: its assembly and the C library name parts of it that nothing else does.
    """
    flags = occasions(ctx, toolchain, lto=False)
    sources = sort_sources(toolchain.startup)
    own = CcInfo(direct_headers=sources.headers, includes=include_folders(toolchain.label, ()))
    how = Compilation(toolchain, own, CcInfo(), flags, DEFAULT_STANDARDS)
    return compile_sources(ctx, sources, how, toolchain.label)


def memory_words(ctx: RuleContext[CcProgramAttrsT], toolchain: CcToolchainInfo) -> tuple[str | Artifact, ...]:
    """Return the words that tell the linker of the platform's memory. Raises `no-memory`, `wrong-memory`."""
    if toolchain.linker_script is None:
        return ()
    memory = ctx.platform.memory
    missing = [name for name in MAIN_MEMORY if name not in memory]
    if missing:
        message = f"platform '{ctx.platform.label}' must have memory 'flash' and 'ram', lacks {' and '.join(missing)}"
        hint = 'memory = { flash = { origin = 0x0, size = "512K" }, ram = { origin = 0x20000000, size = "64K" } }'
        raise ctx.mistake("no-memory", message, hint=hint)
    _check_memory(ctx)
    symbols = [
        f"-Wl,--defsym=__memory_{name}_{what}={value:#x}"
        for name, region in sorted(memory.items())
        for what, value in (("origin", region.origin), ("size", region.size))
    ]
    return (*symbols, "-T", _script(ctx, toolchain, toolchain.linker_script))


def _script(ctx: RuleContext[CcProgramAttrsT], toolchain: CcToolchainInfo, script: Artifact) -> Artifact:
    """Return the linker script with what the platform has of memory beside flash and ram."""
    tiers = [name for name in sorted(ctx.platform.memory) if name not in MAIN_MEMORY]
    if not tiers:
        return script
    made = ctx.output(f"_cc/{ctx.label.name}.ld")
    word = "QUAD" if _address_bits(ctx) == 64 else "LONG"
    ctx.run(
        "CcLinkerScript",
        argv=["/bin/sh", ctx.tool("tiers.sh", "cc"), script, made, word, *tiers],
        outputs=(made,),
        mounts=toolchain.mounts,
    )
    return made


def _address_bits(ctx: RuleContext[CcProgramAttrsT]) -> int:
    return 64 if any(value.name.endswith("64") for value in ctx.platform.constraints.values()) else 32


def _check_memory(ctx: RuleContext[CcProgramAttrsT]) -> None:
    """Refuse what linkers take without a word: addresses that wrap around, and stacks on odd ones."""
    bits = _address_bits(ctx)
    for name, region in sorted(ctx.platform.memory.items()):
        what = f"memory '{name}' of platform '{ctx.platform.label}' must"
        end = region.origin + region.size
        if end > 1 << bits:
            raise ctx.mistake("wrong-memory", f"{what} end within {bits} bits of address, ends at {end:#x}")
        if region.origin % 8 or region.size % 8:
            found = f"{what} start and end at multiples of 8, is {region.origin:#x} to {end:#x}"
            raise ctx.mistake("wrong-memory", found)


def make_test(ctx: RuleContext[CcProgramAttrsT], run: RunInfo, timeout: int) -> TestInfo:
    """Return how a program is tested. On a board, what runs the emulator ends it, and says where the program stands."""
    if not ctx.platform.memory:
        return TestInfo(run.argv, run.inputs, run.env, run.mounts, timeout)
    env = (*run.env, ("ETBUILD_TIMEOUT", str(timeout)))
    return TestInfo(run.argv, run.inputs, tuple(sorted(env)), run.mounts, timeout + GRACE)


def make_images(
    ctx: RuleContext[CcProgramAttrsT], toolchain: CcToolchainInfo, program: Artifact, map_: Artifact
) -> tuple[tuple[Artifact, ...], Artifact | None]:
    """Register what is made of a linked program: .bin, .hex, a report of what takes which memory; and its summary."""
    made, summary = [map_], None
    for ending, form in (("bin", "binary"), ("hex", "ihex")) if toolchain.objcopy else ():
        image = ctx.output(f"{ctx.label.name}.{ending}")
        words = (*toolchain.objcopy, "-O", form)
        ctx.run("CcImage", argv=(*words, program, image), outputs=(image,), mounts=toolchain.mounts)
        made.append(image)
    if toolchain.nm:
        sizes = ctx.output(f"{ctx.label.name}.sizes.txt")
        summary = ctx.output(f"_cc/{ctx.label.name}.summary.json")
        ctx.run(
            "CcSizes",
            argv=["/bin/sh", ctx.tool("sizes.sh", "cc"), map_, program, sizes, summary],
            outputs=(sizes, summary),
            env={"CC_NM": " ".join(toolchain.nm), "LC_ALL": "C.UTF-8"},
            mounts=toolchain.mounts,
        )
        made.append(sizes)
    return tuple(made), summary
