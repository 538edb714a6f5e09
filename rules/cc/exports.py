"""What a target exports: the folders to find its headers in, and a file that says that they are its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etbuild.api import Artifact, Label, RuleContext
from rules.cc.compile_action import ENV, AttrsT

_SCRIPT = 'printf "%s\\n" "$@" >"$0"'


def include_folders(label: Label, includes: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that `includes` of a target mean, and its repository's root, from which labels count."""
    package = Label(label.repository, label.package, "x").path[:-2]
    folders = [f"{package}/{folder}".removeprefix("/").removesuffix("/.") or "." for folder in includes]
    return (*folders, f"external/{label.repository}") if label.repository else tuple(folders)


def write_exports(ctx: RuleContext[AttrsT], headers: Sequence[Artifact]) -> tuple[Artifact, ...]:
    """Register the file that says who exports these headers: who includes one without a dependency is told by it."""
    if not headers:
        return ()
    made = ctx.output(f"_cc/{ctx.label.name}.exports")
    paths = [f"{file.path}/" if file.is_tree else file.path for file in headers]
    ctx.run(
        "CcExports",
        argv=["/bin/sh", "-c", _SCRIPT, made, str(ctx.label), *paths],
        outputs=(made,),
        env=ENV,
        mounts=(ctx.system(),),
    )
    return (made,)
