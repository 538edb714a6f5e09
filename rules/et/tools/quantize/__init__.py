"""PT2E quantization of an exported program; knows nothing of backends but their quantizers."""
