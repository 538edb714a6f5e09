"""Writes a picture as a portable pixmap:  to_ppm.py PICTURE PPM."""

import sys

from PIL import Image

with Image.open(sys.argv[1]) as picture:
    picture.convert("RGB").save(sys.argv[2], format="PPM")
