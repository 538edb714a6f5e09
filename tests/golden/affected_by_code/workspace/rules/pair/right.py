"""The rule right."""

from .attrs import PairAttrs

from etbuild.api import DefaultInfo, rule


@rule(attrs=PairAttrs)
def right(ctx):
    """Run right's tool."""
    output = ctx.output(f"{ctx.label.name}.out")
    words = ["/usr/bin/python3", ctx.tool("right.py"), *ctx.files(ctx.attrs.srcs), "--to", output]
    ctx.run("Right", argv=words, outputs=[output], mounts=(ctx.system(),))
    return [DefaultInfo((output,))]
