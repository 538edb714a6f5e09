"""The cc family: C, C++ and assembly, for every device that a toolchain describes."""

from etbuild.api import Command, Family
from rules.cc.binary import cc_binary
from rules.cc.cmake_project import cmake_project
from rules.cc.imported import cc_import
from rules.cc.install import install_cc
from rules.cc.library import cc_library
from rules.cc.providers import CcInfo
from rules.cc.test import cc_test
from rules.cc.toolchain import cc_toolchain

FAMILY = Family(
    name="cc",
    api=1,
    requires=("core",),
    rules=(cc_library, cc_binary, cc_test, cc_import, cc_toolchain, cmake_project),
    commands=(Command("ide", "Write compile_commands.json, for editors.", "ide/compile_commands.py"),),
    installers=((CcInfo, install_cc),),
)
