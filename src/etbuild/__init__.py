"""etbuild: a declarative build system for on-device PyTorch."""

VERSION = "0.1.0"
