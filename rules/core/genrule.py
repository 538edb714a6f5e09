"""genrule: a shell command that makes files."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from etbuild.api import EXEC, Artifact, Attrs, DefaultInfo, Provider, RuleContext, RunInfo, Src, rule


class GenruleAttrs(Attrs):
    """Attributes of genrule."""

    srcs: tuple[Src, ...] = ()
    """Files that the command reads; their paths are in $SRCS."""

    outs: Annotated[tuple[str, ...], Field(min_length=1)]
    """Files that the command makes, relative to the package; their paths are in $OUTS, a single one's also in $OUT."""

    tools: Annotated[tuple[Src, ...], EXEC] = ()
    """Files or runnable targets that the command runs; the words that start them are in $TOOLS, a single one's also in
    $TOOL."""

    cmd: str
    """The command, run by `sh -e` in the execution root: all paths are relative to it."""


@rule(attrs=GenruleAttrs)
def genrule(ctx: RuleContext[GenruleAttrs]) -> Sequence[Provider]:
    """Run a shell command on declared files."""
    sources = ctx.files(ctx.attrs.srcs)
    outputs = tuple(ctx.output(name) for name in ctx.attrs.outs)
    tools = [ctx.find(tool, RunInfo) or RunInfo(ctx.files((tool,))[:1]) for tool in ctx.attrs.tools]
    env = {"SRCS": _words(sources), "OUTS": _words(outputs)}
    if len(outputs) == 1:
        env["OUT"] = outputs[0].path
    if tools:
        env["TOOLS"] = " ".join(_words(tool.argv) for tool in tools)
    if len(tools) == 1:
        env["TOOL"] = _words(tools[0].argv)
    ctx.run(
        "Genrule",
        argv=["/bin/sh", "-ec", ctx.attrs.cmd],
        inputs=[
            *sources,
            *(artifact for tool in tools for artifact in (*tool.argv, *tool.inputs) if isinstance(artifact, Artifact)),
        ],
        outputs=outputs,
        env=env | {name: value for tool in tools for name, value in tool.env},
        mounts=(ctx.system(), *(mount for tool in tools for mount in tool.mounts)),
    )
    return [DefaultInfo(outputs)]


def _words(parts: Sequence[str | Artifact]) -> str:
    """Return paths and words as a shell reads them back with `eval`; plain ones need none."""
    return " ".join(shlex.quote(str(part)) for part in parts)
