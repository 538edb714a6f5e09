"""What rules of other families compile and link with: the actions of cc_library and cc_binary, by name."""

from rules.cc.compile_action import DEFAULT_STANDARDS, Compilation, compile_sources, occasions
from rules.cc.link_action import make_archive
from rules.cc.sources import sort_sources

__all__ = ["DEFAULT_STANDARDS", "Compilation", "compile_sources", "make_archive", "occasions", "sort_sources"]
