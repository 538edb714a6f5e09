"""The cc family: C, C++ and assembly, for every device that a toolchain describes."""

from etbuild.api import Family
from rules.cc.install import install_cc
from rules.cc.providers import CcInfo
from rules.cc.toolchain import cc_toolchain

FAMILY = Family(name="cc", api=1, requires=("core",), rules=(cc_toolchain,), installers=((CcInfo, install_cc),))
