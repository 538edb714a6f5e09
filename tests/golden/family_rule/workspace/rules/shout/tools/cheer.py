"""Cheers."""

import sys

if len(sys.argv) != 2:
    sys.exit("cheer: whom?")
sys.stdout.write(f"{sys.argv[1]} are great\n")
