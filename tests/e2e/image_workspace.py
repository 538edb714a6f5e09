"""A workspace of images whose program nothing runs: sizes, budgets and refusals are not of what it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.e2e.workspace import Workspace, cache_beside
from tests.rules.et_tools.program_bytes import add_program

# A program that nothing runs, and a runtime that is nothing: what is measured is not what they do.
FAMILY = '''
"""A program by its bytes, and a runtime that is nothing."""

from etbuild.api import Attrs, DefaultInfo, Dep, Family, Src, rule
from rules.cc.providers import CcInfo
from rules.et.providers import EtRuntimeInfo, ProgramInfo


class HeldAttrs(Attrs):
    """Attributes of held."""

    pte: Src
    """The program."""


@rule(attrs=HeldAttrs, provides=(ProgramInfo,))
def held(ctx):
    """A program."""
    file, verdict = ctx.file(ctx.attrs.pte), ctx.output("verdict")
    ctx.run("Judge", argv=["/bin/sh", "-c", 'echo >"$0"', verdict], outputs=(verdict,), mounts=(ctx.system(),))
    return [DefaultInfo(), ProgramInfo(file, file, file, file, verdict, "", file, file)]


class HeadersAttrs(Attrs):
    """Attributes of headers."""

    library: Dep
    """What has them."""


@rule(attrs=HeadersAttrs, provides=(CcInfo, EtRuntimeInfo))
def headers(ctx):
    """A runtime."""
    return [DefaultInfo(), ctx.provider(ctx.attrs.library, CcInfo), EtRuntimeInfo("cmake", (), (), ())]


FAMILY = Family(name="fakes", api=1, requires=("cc", "et"), rules=(held, headers))
'''
HELD = """
[held.net]
pte = "net.pte"

[cc_library.span]
hdrs = ["executorch/runtime/core/span.h"]
includes = ["."]

[headers.runtime]
library = ":span"
"""
SPAN = {"executorch/runtime/core/span.h": "namespace executorch::runtime { template <class T> class Span; }\n"}
"""What an image's headers include, of the runtime that is nothing."""


def image_workspace(folder: Path, family: str, files: Mapping[str, str]) -> Workspace:
    """Return a workspace with `family` as its own, `files`, and `net.pte`."""
    base = {
        "WORKSPACE": 'name = "small"\nfamilies = ["core", "py", "cc", "et", "fakes"]\n'
        'toolchains = ["@etbuild//toolchains:cc", "@etbuild//toolchains/python:base"]\n',
        "rules/fakes/__init__.py": family,
    }
    cache = cache_beside(folder / "cache", "environments", "repositories", "downloads")
    workspace = Workspace(folder / "workspace", cache, {**base, **files})
    (workspace.root / "net.pte").write_bytes(add_program())
    return workspace
