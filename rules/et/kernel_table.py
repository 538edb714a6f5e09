"""Words the C++ of selected kernels: their table, its header, what a source is compiled for. Writes no files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.et.kernel_calls import ChosenKernel
from rules.et.kernel_operators import Operator

_CONTEXT = "executorch::runtime::KernelRuntimeContext"
_VALUES = "executorch::runtime::Span<executorch::runtime::EValue*>"
_KERNELS = "executorch::runtime::Span<const executorch::runtime::Kernel>"


def boxed(operator: Operator) -> str:
    """Return the function of an operator that takes EValues, with its namespaces."""
    if operator.schema is None:
        return operator.function
    return f"etbuild::boxed::{operator.function.replace('::', '_')}_of_values"


def table(owner: str, function: str, kernels: Sequence[ChosenKernel], *, signatures: bool) -> Iterator[str]:
    """Yield the lines of the table's source.

    `function`, which gives it, has one namespace. With `signatures`, loading checks each call's arguments by them.
    """
    space, _, name = function.partition("::")
    yield f"// The kernels of {owner}, sorted by name."
    yield "#include <executorch/runtime/kernel/operator_registry.h>"
    if signatures:
        yield '#include "kernel_signatures.h"'
    yield ""
    yield from _declarations(kernels)
    yield f"namespace {space} {{"
    yield f"{_KERNELS} {name}();"
    yield f"{_KERNELS} {name}() {{"
    if kernels:
        yield "  static constexpr executorch::runtime::Kernel kKernels[] = {"
        yield from (
            f'      executorch::runtime::Kernel("{each.operator.name}", ::{boxed(each.operator)}),' for each in kernels
        )
        yield "  };"
        yield f"  return {{kKernels, {len(kernels)}}};"
    else:
        yield "  return {};"
    yield "}"
    yield f"}}  // namespace {space}"
    if signatures:
        yield from _signatures(kernels)


def _declarations(kernels: Sequence[ChosenKernel]) -> Iterator[str]:
    for function in dict.fromkeys(boxed(each.operator) for each in kernels):
        space, _, name = function.rpartition("::")
        yield (
            f"namespace {space} {{ void {name}({_CONTEXT}&, {_VALUES}); }}"
            if space
            else (f"void {name}({_CONTEXT}&, {_VALUES});")
        )


def _signatures(kernels: Sequence[ChosenKernel]) -> Iterator[str]:
    yield "namespace executorch::runtime::internal {"
    yield "Span<const KernelSignature> kernel_signatures() {"
    if kernels:
        yield "  static constexpr KernelSignature kSignatures[] = {"
        yield from (f'      {{"{each.operator.name}", "{each.operator.arguments}"}},' for each in kernels)
        yield "  };"
        yield f"  return {{kSignatures, {len(kernels)}}};"
    else:
        yield "  return {};"
    yield "}"
    yield "}  // namespace executorch::runtime::internal"


def header(owner: str, function: str) -> Iterator[str]:
    """Yield the lines of the table's header."""
    space, _, name = function.partition("::")
    yield f"// The kernels of {owner}: for load_method(), or register_kernels()."
    yield "#pragma once"
    yield "#include <executorch/runtime/kernel/operator_registry.h>"
    yield f"namespace {space} {{"
    yield f"{_KERNELS} {name}();"
    yield f"}}  // namespace {space}"


def registration(function: str) -> Iterator[str]:
    """Yield the lines behind a table's that let a program register it by a C function, with 0 if all went well."""
    yield "// In whatever loads this library."
    yield 'extern "C" int etbuild_register_kernels();'
    yield 'extern "C" int etbuild_register_kernels() {'
    yield f"  return static_cast<int>(executorch::runtime::register_kernels({function}()));"
    yield "}"


def selected_dtypes(mask: int | None) -> Iterator[str]:
    """Yield the lines of selected_dtypes.h, for runtime/kernels/common/selection.h; None stands for all."""
    yield "#pragma once"
    yield "namespace {"
    yield f"[[maybe_unused]] inline constexpr bool kEverything = {str(mask is None).lower()};"
    yield f"[[maybe_unused]] inline constexpr unsigned long long kDtypes = {0 if mask is None else mask:#x}ULL;"
    yield "}"


def shim(source: str, operators: Sequence[Operator], boxed_call: str) -> Iterator[str]:
    """Yield what is compiled in place of a source whose kernels take arguments as ATen's functions do: it, and for each
    a function that takes EValues. The source is included, so that what its functions are is known.
    """
    yield f'#include "{source}"'
    yield f'#include "{boxed_call}"'
    yield "namespace etbuild::boxed {"
    for each in operators:
        if each.schema is None:
            continue
        types = f"Types<{', '.join(each.schema.parameters)}>"
        message = f"'{each.function}' must take what its schema says: {each.schema.text}"
        name = boxed(each).rpartition("::")[2]
        yield f'static_assert(takes<{types}>(&::{each.function}), "{message}");'
        yield f"void {name}({_CONTEXT}& context, {_VALUES} values);"
        yield f"void {name}({_CONTEXT}& context, {_VALUES} values) {{"
        yield f"  call<{types}>(&::{each.function}, context, values);"
        yield "}"
    yield "}  // namespace etbuild::boxed"
