"""The cc family: C, C++ and assembly, for every device that a toolchain describes."""

from etbuild.api import Family
from rules.cc.binary import cc_binary
from rules.cc.imported import cc_import
from rules.cc.library import cc_library
from rules.cc.test import cc_test
from rules.cc.toolchain import cc_toolchain

FAMILY = Family(name="cc", api=1, requires=("core",), rules=(cc_library, cc_binary, cc_test, cc_import, cc_toolchain))
