"""Greets."""

import sys


def greeting(name):
    return f"hello, {name}"


if __name__ == "__main__":
    sys.stdout.write(greeting(*sys.argv[1:]) + "\n")
