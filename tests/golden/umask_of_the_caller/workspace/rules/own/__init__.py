from etbuild.api import Command, Family

FAMILY = Family(name="own", api=1, rules=(), commands=(Command("umask", "Print it.", "umask.py"),))
