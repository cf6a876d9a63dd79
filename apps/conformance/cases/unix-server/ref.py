# proves: UNIX-001 UNIX-003 UNIX-005 UNIX-008 UNIX-009 UNIX-010 UNIX-013 UNIX-014 UNIX-017 UNIX-019
"""Servers and connections by a path: names, what is refused, and what becomes of the file."""

import asyncio
import os
import tempfile


class Quiet(asyncio.Protocol):
    def __init__(self):
        self.made = loop.create_future()
        self.data = loop.create_future()
        self.lost = loop.create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.made.set_result(None)

    def data_received(self, data):
        self.data.set_result(data.decode())

    def connection_lost(self, exc):
        self.lost.set_result(exc)


async def serves(path):
    served = Quiet()
    server = await loop.create_unix_server(lambda: served, path)
    print(os.path.exists(path), server.sockets[0].getsockname() == path)
    transport, client = await loop.create_unix_connection(Quiet, path)
    await served.made
    print(repr(served.transport.get_extra_info("peername")), transport.get_extra_info("peername") == path)
    transport.write(b"hello")
    print(await served.data)
    transport.close()
    print(await client.lost, await served.lost)
    server.close()
    await server.wait_closed()
    print(os.path.exists(path))


async def attempt(call, *args, **options):
    try:
        await call(Quiet, *args, **options)
    except (OSError, TypeError, ValueError) as error:
        print(type(error).__name__)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.sock")
        await serves(path)
        await attempt(loop.create_unix_connection, path)
        await attempt(loop.create_unix_connection)
        await attempt(loop.create_unix_server)
        first = await loop.create_unix_server(Quiet, path, cleanup_socket=False)
        first.close()
        await first.wait_closed()
        print("left", os.path.exists(path))
        await attempt(loop.create_unix_connection, path)
        await serves(path)
        with open(path, "w"):
            pass
        await attempt(loop.create_unix_server, path)
        print("file", os.path.exists(path))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
