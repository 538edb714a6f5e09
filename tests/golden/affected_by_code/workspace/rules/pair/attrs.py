"""What both rules take."""

from etbuild.api import Attrs, EntryPoint, Src


class Part(Attrs):
    """A table in an attribute: each revision has a class of its own for it."""

    size: int


class PairAttrs(Attrs):
    """Attributes of left and right."""

    srcs: tuple[Src, ...] = ()
    """Files that are read."""

    parts: EntryPoint | tuple[Part, ...] = ()
    """A function's, or their sizes."""
