"""`etbuild lock`: from what is asked for to files pinned by digest. Knows no targets."""
