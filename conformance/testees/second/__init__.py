"""A second implementation of the protocol, written from the specification alone."""
