"""The rule left."""

from rules.pair.attrs import PairAttrs

from etbuild.api import DefaultInfo, rule


@rule(attrs=PairAttrs)
def left(ctx):
    """Run left's tool."""
    output = ctx.output(f"{ctx.label.name}.out")
    words = ["/usr/bin/python3", ctx.tool("left.py"), *ctx.files(ctx.attrs.srcs), "--to", output]
    ctx.run("Left", argv=words, outputs=[output], mounts=(ctx.system(),))
    return [DefaultInfo((output,))]
