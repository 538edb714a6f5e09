"""Cheers."""

import sys

if sys.argv[1:] == ["--help"]:
    sys.exit(print("usage: cheer [--help] [--loud] whom"))
if len(sys.argv) != 2:
    sys.exit("cheer: whom?")
sys.stdout.write(f"{sys.argv[1]} are great\n")
