"""What both rules take."""

from etbuild.api import Attrs, Src


class PairAttrs(Attrs):
    """Attributes of left and right."""

    srcs: tuple[Src, ...] = ()
    """Files that are read."""
