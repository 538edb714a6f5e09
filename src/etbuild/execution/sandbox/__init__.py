"""Ways to confine a command to what it declared. None of them knows of actions or stores."""
