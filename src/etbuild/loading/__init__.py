"""Text to target graph. Knows files and TOML; nothing of platforms, actions or stores."""
