"""Who may depend on what. Knows nothing of how visibility is written in a file, but for the words of each entry."""

from __future__ import annotations

from collections.abc import Iterable

from etbuild.model.label import Label, Pattern, parse_pattern

PUBLIC = Pattern("", "visibility", "public")
"""Everyone, in every repository: `//visibility:public`."""
PRIVATE = Pattern("", "visibility", "private")


def parse_visibility(texts: Iterable[str], base: Label, own: str) -> tuple[Pattern, ...]:
    """Return who the entries name: packages (`//a`, `//a/...`), targets (`//a:b`), everyone or no one else.

    Raises EtbuildError `bad-label`.
    """
    found: list[Pattern] = []
    for text in texts:
        if text in ("//visibility:public", "//visibility:private"):
            found += [PUBLIC] if text.endswith("public") else []
            continue
        # The second spelling of each is Bazel's.
        spelled = text.replace(":__subpackages__", "/...").replace(":__pkg__", ":all").replace("///...", "//...")
        if spelled.startswith(("//", "@")) and ":" not in spelled and not spelled.endswith("..."):
            spelled += ":all"
        found.append(parse_pattern(spelled, base).within(own))
    return tuple(found)


def is_visible(target: Label, visibility: tuple[Pattern, ...], dependent: Label) -> bool:
    """Tell whether `dependent` may name `target` among its dependencies."""
    if target.package == dependent.package and target.repository == dependent.repository:
        return True
    return any(pattern == PUBLIC or pattern.matches(dependent) for pattern in visibility)
