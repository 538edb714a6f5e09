"""What catalogues offer: each operator with the source that implements it, and what such sources come to."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence

from etbuild.api import Artifact, Diagnostic, EtbuildError, Label, frozen
from rules.et.kernel_catalog import KernelCatalog
from rules.et.kernel_includes import needed_sources, read_includes
from rules.et.kernel_operators import Operator, read_operators, twice

Contents = Mapping[Artifact, bytes]
"""What the texts of catalogues hold."""


@frozen
class Offer:
    """One operator."""

    operator: Operator
    catalog: KernelCatalog
    source: Artifact


def offers_of(catalogs: Sequence[KernelCatalog], contents: Contents) -> Mapping[str, Offer]:
    """Return what is offered, by its operator's name. Raises `kernel-twice`, `bad-kernel-catalog`."""
    offers: dict[str, Offer] = {}
    mistakes: list[Diagnostic] = []
    for catalog in catalogs:
        if catalog.operators is None:
            continue
        named: dict[str, list[Artifact]] = {}
        for file in catalog.srcs:
            named.setdefault(posixpath.basename(file.path), []).append(file)
        folder = posixpath.dirname(catalog.operators.path)
        for operator in read_operators(contents[catalog.operators].decode(), catalog.operators.path):
            source = _source(operator.source, folder, named.get(posixpath.basename(operator.source), ()))
            if source is None:
                message = f"{operator.place}: the source '{operator.source}' must be in srcs of '{catalog.label}'"
                mistakes.append(Diagnostic("bad-kernel-catalog", message))
                continue
            known = offers.setdefault(operator.name, Offer(operator, catalog, source))
            if known.operator is not operator:
                mistakes.append(twice(operator.name, known.operator.place, operator.place))
    if mistakes:
        raise EtbuildError(*mistakes)
    return offers


def used_catalogs(
    catalogs: Sequence[KernelCatalog], chosen: Iterable[Offer], features: Collection[str]
) -> Sequence[KernelCatalog]:
    """Return the catalogues that offers are chosen from, and those that these include, but what a runtime has."""
    labels: set[Label] = {label for each in chosen for label in (each.catalog.label, *each.catalog.included)}
    used = (each for each in catalogs if each.label in labels and each.feature not in features)
    return sorted(used, key=lambda each: each.label.full)


def needed_by(
    chosen: Iterable[Offer], offers: Iterable[Offer], catalogs: Sequence[KernelCatalog], contents: Contents
) -> Collection[str]:
    """Return the paths of what chosen kernels come to by what they include."""
    of_operators = {each.source for each in offers}
    files = dict.fromkeys(file for each in catalogs for file in (*each.srcs, *each.common, *each.headers))
    texts = (contents[each.includes].decode() for each in catalogs if each.includes)
    includes = {path: words for text in texts for path, words in read_includes(text).items()}
    start = [each.source.path for each in chosen]
    return needed_sources(start, [file for file in files if file not in of_operators], includes)


def _source(path: str, folder: str, named: Sequence[Artifact]) -> Artifact | None:
    """Return the source of an operator, of those that are called as it is: beside operators.toml, or the only one."""
    beside = posixpath.join(folder, path)
    found = [file for file in named if file.path == beside or file.path.endswith(f"/{path}")]
    return next((file for file in found if file.path == beside), found[0] if len(found) == 1 else None)
