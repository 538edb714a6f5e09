"""The shout family: says things several times."""

import hashlib

from etbuild.api import Attrs, Command, DefaultInfo, Family, rule

REPEAT = 'i=0; while [ $i -lt $2 ]; do echo "$4"; i=$((i+1)); done > "$6"'


class ShoutAttrs(Attrs):
    """Attributes of shout."""

    text: str
    """What is said."""

    times: int = 1
    """How often."""


@rule(attrs=ShoutAttrs)
def shout(ctx):
    """Say a text several times, and count it."""
    flags = ("--times", str(ctx.attrs.times), "--text", ctx.attrs.text)
    said = ctx.output(f"said-{hashlib.sha256(repr(flags).encode()).hexdigest()[:16]}.txt")
    lines = ctx.output(f"{ctx.label.name}.lines")
    system = (ctx.system(),)
    ctx.run("Shout", argv=["/bin/sh", "-ec", REPEAT, "shout", *flags, "--to", said], outputs=[said], mounts=system)
    count = ["/bin/sh", "-ec", 'wc -l < "$1" > "$2"', "count", said, lines]
    ctx.run("Count", argv=count, inputs=[said], outputs=[lines], mounts=system)
    return [DefaultInfo((said, lines), names=((said, f"{ctx.label.name}.txt"),))]


FAMILY = Family(name="shout", api=1, rules=(shout,), commands=(Command("cheer", "Cheer somebody.", "cheer.py"),))
