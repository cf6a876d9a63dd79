# proves: UDP-001 UDP-003 UDP-004 UDP-020 UDP-021 UDP-022 UDP-028 UDP-032
"""Datagrams between an endpoint that is bound and one that is connected, and what they refuse."""

import asyncio


class Noisy(asyncio.DatagramProtocol):
    def __init__(self, name):
        self.name = name
        self.queue = asyncio.Queue()
        self.lost = loop.create_future()

    def connection_made(self, transport):
        self.transport = transport
        print(self.name, "made", transport.is_closing())

    def datagram_received(self, data, addr):
        print(self.name, "received", data.decode())
        self.queue.put_nowait(addr)

    def error_received(self, exc):
        print(self.name, "error", type(exc).__name__)
        self.queue.put_nowait(None)

    def connection_lost(self, exc):
        print(self.name, "lost", exc)
        self.lost.set_result(None)


def attempt(call, *args):
    try:
        call(*args)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, str(error).split(" ('")[0].split(", not")[0])


async def main():
    near, server = await loop.create_datagram_endpoint(lambda: Noisy("server"), local_addr=("127.0.0.1", 0))
    name = near.get_extra_info("sockname")
    far, client = await loop.create_datagram_endpoint(lambda: Noisy("client"), remote_addr=name)
    print(far.get_extra_info("peername") == name, near.get_extra_info("peername"))
    far.sendto(b"one")
    addr = await server.queue.get()
    print(addr == far.get_extra_info("sockname"))
    near.sendto(b"two", addr)
    print(await client.queue.get() == name)
    far.sendto(b"three", name)
    await server.queue.get()
    far.sendto(b"")
    await server.queue.get()
    attempt(far.sendto, None)
    attempt(far.sendto, b"elsewhere", ("127.0.0.1", 1))
    print(near.get_write_buffer_size(), *near.get_write_buffer_limits())
    near.close()
    near.close()
    print(near.is_closing(), server.lost.done())
    await server.lost
    far.sendto(b"refused")
    await client.queue.get()
    print(far.is_closing())
    far.abort()
    await client.lost
    far.sendto(b"dropped")


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
