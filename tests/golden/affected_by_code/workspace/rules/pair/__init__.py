"""The pair family."""

from rules.pair.left import left
from rules.pair.right import right

from etbuild.api import Family

FAMILY = Family(name="pair", api=1, rules=(left, right))
