"""Left."""

import shared  # noqa: F401
