# proves: TR-001 TR-002 TR-004 TR-006 TR-007 PROTO-004
"""How a connection ends: close() with something to send, abort(), both twice, and what comes after."""

import asyncio


class Noisy(asyncio.Protocol):
    def __init__(self):
        self.received = 0
        self.made = loop.create_future()
        self.lost = loop.create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.made.set_result(None)

    def data_received(self, data):
        self.received += len(data)

    def connection_lost(self, exc):
        self.lost.set_result(type(exc).__name__ if exc else None)


async def pair():
    served = Noisy()
    server = await loop.create_server(lambda: served, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    _, client = await loop.create_connection(Noisy, host, port)
    await served.made
    server.close()
    return served, client


async def closes_with_much_to_send():
    served, client = await pair()
    served.transport.pause_reading()
    client.transport.write(bytes(8_000_000))
    print("buffered", client.transport.get_write_buffer_size() > 0)
    client.transport.close()
    client.transport.close()
    print(client.transport.is_closing(), client.transport.is_reading(), client.lost.done())
    served.transport.resume_reading()
    print("client", await client.lost, "server", await served.lost, served.received)


async def aborts():
    served, client = await pair()
    served.transport.pause_reading()
    client.transport.write(bytes(8_000_000))
    client.transport.abort()
    print(client.transport.is_closing(), client.transport.get_write_buffer_size(), client.lost.done())
    print("client", await client.lost)
    served.transport.resume_reading()
    await served.lost
    print("all there", served.received == 8_000_000)


async def closes_at_once():
    served, client = await pair()
    served.transport.close()
    print(served.transport.is_closing(), served.lost.done())
    print("server", await served.lost, "client", await client.lost)
    served.transport.close()


async def is_reset():
    served, client = await pair()
    client.transport.pause_reading()
    served.transport.write(b"never read")
    client.transport.abort()
    print("client", await client.lost, "server", await served.lost)


async def main():
    await closes_with_much_to_send()
    await aborts()
    await closes_at_once()
    await is_reset()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
