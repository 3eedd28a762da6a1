"""Spec 2 over real sockets and REST."""
