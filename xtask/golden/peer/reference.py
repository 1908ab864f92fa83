"""The reference implementation as this program sees it: its public classes and nothing else.

Clock and entropy are replaced by counted ones, so that one seed always gives the same frames.
"""

import os
import random
import time
import uuid
from importlib import metadata

from crdt_merge import (  # noqa: F401  (the other modules take the classes from here)
    clocks,
    core,
    delta,
    gossip,
    mergeql,
    merkle,
    parquet,
    probabilistic,
    provenance,
    schema_evolution,
    wire,
)

MODULES = [clocks, core, delta, gossip, mergeql, merkle, parquet, provenance, schema_evolution]


def release():
    """The installed release, as pip knows it (the module's own version text is not reliable)."""
    return metadata.version("crdt-merge")


def has_messagepack():
    """Whether a MessagePack package can be imported, which changes what 0.9.1 writes."""
    try:
        import msgpack  # noqa: F401
    except ImportError:
        return False
    return True


class Tape:
    """Counted time and entropy in place of the host's."""

    def __init__(self):
        self.random = random.Random(0)
        self.now = 1_700_000_000.0

    def start(self, sampler):
        """Begin one item: entropy from its sampler, time from its index."""
        self.random = sampler.random
        self.now = 1_700_000_000.0 + sampler.index

    def time(self):
        """A quarter of a second later at every look."""
        self.now += 0.25
        return self.now

    def uuid4(self):
        """A UUID from the sampler's bits."""
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def urandom(self, count):
        """Bytes from the sampler's bits."""
        return bytes(self.random.getrandbits(8) for _ in range(count))


TAPE = Tape()


def install_tape():
    """Let the reference take its time and entropy from the tape."""
    time.time = TAPE.time
    uuid.uuid4 = TAPE.uuid4
    os.urandom = TAPE.urandom


class Payload:
    """Anything with a dict form: the reference writes it under the tag that its `type` names."""

    def __init__(self, state):
        self.state = state

    def to_dict(self):
        """The payload to write."""
        return self.state
