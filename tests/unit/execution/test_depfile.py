"""Depfiles, as compilers write them."""

from __future__ import annotations

import pytest

from etbuild.execution.depfile import used_paths


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a/x.o: a/x.c a/x.h\n", ("a/x.c", "a/x.h")),
        ("a/x.o: a/x.c \\\n a/x.h \\\n  b/y.h\n", ("a/x.c", "a/x.h", "b/y.h")),
        ("x.o:\\\n x.c\\\r\n x.h", ("x.c", "x.h")),
        ("x.o: x.c /usr/include/stdio.h /etbuild/tree/a.h /b/tree/b.h /etbuild/treetop/c.h", ("x.c", "a.h", "b.h")),
        ("x.o: a/./x.h a/../b/y.h ../outside.h a/../../z.h", ("a/x.h", "b/y.h")),
        ("x.o: with\\ space.h with\\#.h with$$.h x.h x.h", ("with space.h", "with#.h", "with$.h", "x.h")),
        ("x.o x.d: x.c\n\nx.h:\n", ("x.c",)),
        ("", ()),
    ],
)
def test_what_was_read_is_said_by_paths_below_the_root(text, paths):
    assert used_paths(text, ("/etbuild/tree", "/b/tree")) == paths
