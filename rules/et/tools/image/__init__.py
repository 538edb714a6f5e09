"""Programs as parts of an image: what their methods need of memory, and the sources that hold them."""
