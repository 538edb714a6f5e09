"""et_runtime: ExecuTorch's C++ API and an implementation of it, with the flags that its ABI wants."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import DefaultInfo, Provider, Request, RuleContext, rule
from rules.cc.providers import CcInfo
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime_attrs import EtRuntimeAttrs, check_attributes, dependency
from rules.et.source_runtime import source_runtime
from rules.et.wheel_runtime import wheel_runtime


def _compiler(attrs: EtRuntimeAttrs) -> tuple[Request, ...]:
    return (Request("cc"),) if attrs.provider == "source" else ()


@rule(attrs=EtRuntimeAttrs, toolchains=_compiler, provides=(CcInfo, EtRuntimeInfo))
def et_runtime(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    """Offer ExecuTorch's C++ API and its libraries, for the platform that is built for."""
    check_attributes(ctx)
    return {"wheel": wheel_runtime, "source": source_runtime, "cmake": _cmake}[ctx.attrs.provider](ctx)


def _cmake(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    attrs = ctx.attrs
    label = dependency(ctx, "project", '":executorch", a cmake_project')
    project = ctx.provider(label, CcInfo)
    defines = tuple(dict.fromkeys((*attrs.defines, *project.defines)))
    files = ctx.files((label,))
    info = CcInfo(
        headers=project.headers,
        direct_headers=project.direct_headers,
        includes=project.includes,
        system_includes=project.system_includes,
        defines=defines,
        libraries=project.libraries,
        linkopts=project.linkopts,
        data=project.data,
    )
    return [DefaultInfo(files), info, EtRuntimeInfo("cmake", (), defines, files)]
