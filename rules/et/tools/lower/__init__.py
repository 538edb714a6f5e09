"""From exported programs to a `.pte`, one program a backend; knows nothing of models."""
