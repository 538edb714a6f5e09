"""The core family: commands, groups of files and targets, constraints and platforms."""

from etbuild.api import Family
from rules.core.alias import alias, alias_group
from rules.core.constraints import constraint_setting, constraint_value
from rules.core.filegroup import filegroup
from rules.core.genrule import genrule
from rules.core.output_file import output_file
from rules.core.platform import platform
from rules.core.test_suite import test_suite

FAMILY = Family(
    name="core",
    api=1,
    rules=(
        genrule,
        output_file,
        filegroup,
        alias,
        alias_group,
        test_suite,
        constraint_setting,
        constraint_value,
        platform,
    ),
)
