"""Stub."""


def first_divergence(pte, method, graph, calls):
    return None
