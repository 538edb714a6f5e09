"""genrule: a shell command that makes files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import EXEC, Artifact, Attrs, DefaultInfo, Label, Limits, Provider, RuleContext, RunInfo, Src, rule


class GenruleAttrs(Attrs):
    """Attributes of genrule."""

    srcs: tuple[Src, ...] = ()
    """Files that the command reads; their paths are in $SRCS."""

    outs: Annotated[tuple[str, ...], Limits(min_length=1)]
    """Files that the command makes, relative to the package; their paths are in $OUTS, a single one's also in $OUT."""

    tools: Annotated[tuple[Src, ...], EXEC] = ()
    """Files or runnable targets that the command runs; the words that start them are in $TOOLS, a single one's also in
    $TOOL."""

    repositories: tuple[str, ...] = ()
    """Repositories whose folders the command sees, read-only; their paths are in $REPOSITORIES."""

    cmd: str
    """The command, run by `sh -e` in the execution root: all paths are relative to it."""


@rule(attrs=GenruleAttrs, outs="outs")
def genrule(ctx: RuleContext[GenruleAttrs]) -> Sequence[Provider]:
    """Run a shell command on declared files."""
    sources = ctx.files(ctx.attrs.srcs)
    outputs = tuple(ctx.output(name) for name in ctx.attrs.outs)
    tools = [_program(ctx, tool) for tool in ctx.attrs.tools]
    words = [word for tool in tools for word in tool.argv]
    repositories = [ctx.repository(name) for name in ctx.attrs.repositories]
    env: dict[str, str | Sequence[str | Artifact]] = {"SRCS": sources, "OUTS": outputs}
    if repositories:
        env["REPOSITORIES"] = [mount.path for mount in repositories]
    if len(outputs) == 1:
        env["OUT"] = outputs
    if tools:
        env["TOOLS"] = words
    if len(tools) == 1:
        env["TOOL"] = words
    ctx.run(
        "Genrule",
        argv=["/bin/sh", "-ec", ctx.attrs.cmd],
        inputs=[tool.inputs for tool in tools],
        outputs=outputs,
        env={**{name: value for tool in tools for name, value in tool.env}, **env},
        mounts=(ctx.system(), *repositories, *(mount for tool in tools for mount in tool.mounts)),
        warns=True,
    )
    return [DefaultInfo(outputs)]


def _program(ctx: RuleContext[GenruleAttrs], tool: Label) -> RunInfo:
    """Return how a tool is started: as its target says, or as the file that it is."""
    return ctx.find(tool, RunInfo, for_exec=True) or RunInfo((ctx.file(tool, for_exec=True),))
