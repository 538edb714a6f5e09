"""What rules of other families compile and link with: attributes and actions of cc_library and cc_binary, by name."""

from rules.cc.attrs import CcDeps, CcProgramAttrs, Lto, cc_request
from rules.cc.bare_metal import make_test
from rules.cc.compile_action import DEFAULT_STANDARDS, Compilation, compile_sources, has_lto, occasions
from rules.cc.link_action import Link, library_of, link_shared, make_archive
from rules.cc.merge import merge
from rules.cc.program import Program, make_program
from rules.cc.sources import Sources, sort_sources

__all__ = [
    "DEFAULT_STANDARDS",
    "CcDeps",
    "CcProgramAttrs",
    "Compilation",
    "Link",
    "Lto",
    "Program",
    "Sources",
    "cc_request",
    "compile_sources",
    "has_lto",
    "library_of",
    "link_shared",
    "make_archive",
    "make_program",
    "make_test",
    "merge",
    "occasions",
    "sort_sources",
]
