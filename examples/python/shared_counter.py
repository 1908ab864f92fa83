"""A relay and three replicas over plain sockets: python shared_counter.py

A frame says in its header how long it is, so a stream of frames needs no protocol around it. The relay keeps the merge of what came
and passes everything on; replicas come and go.
"""

import asyncio

from crdt_merge import PNCounter, Replica, frames, inspect

HEADER = 12


async def read_frame(stream):
    """The next frame of a stream; None at its end."""
    try:
        header = await stream.readexactly(HEADER)
        return header + await stream.readexactly(inspect(header).payload_bytes)
    except asyncio.IncompleteReadError:
        return None


class Relay:
    """Passes frames on, and gives their merge to those who come later."""

    def __init__(self):
        self.held = None
        self.writers = set()

    async def serve(self, reader, writer):
        self.writers.add(writer)
        if self.held is not None:
            writer.write(self.held)
        while (frame := await read_frame(reader)) is not None:
            self.held = frame if self.held is None else frames.merge([self.held, frame])
            for other in self.writers - {writer}:
                other.write(frame)
        self.writers.discard(writer)
        writer.close()


async def count(port, node, amounts):
    """One replica: counts, sends what it has after each step, and listens until nothing comes for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    counter = PNCounter(Replica(node))
    for amount in amounts:
        counter.increment(amount=amount) if amount > 0 else counter.decrement(amount=-amount)
        writer.write(counter.encode())
        await writer.drain()
    while True:
        try:
            frame = await asyncio.wait_for(read_frame(reader), 0.3)
        except asyncio.TimeoutError:
            break
        counter.merge_from(frame)
    writer.close()
    return counter


async def main():
    relay = Relay()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    counters = await asyncio.gather(
        count(port, "laptop", [5, 1]), count(port, "phone", [-2]), count(port, "tablet", [10, -3])
    )
    for counter in counters:
        print(counter.value, counter.state_id[:12])
    server.close()
    assert {counter.value for counter in counters} == {11}
    assert len({counter.state_id for counter in counters}) == 1


asyncio.run(main())
