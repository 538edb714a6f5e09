"""The py family: locked Python environments, and Python programs and tests that run in them."""

from etbuild.api import Family
from rules.py.environment import python_environment
from rules.py.test import py_test
from rules.py.tool import py_tool

FAMILY = Family(name="py", api=1, requires=("core",), rules=(python_environment, py_test, py_tool))
