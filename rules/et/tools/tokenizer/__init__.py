"""Compiles the files that describe a tokenizer into one flat file that the C++ runner works on in place."""
