"""An echo server by asyncio's protocols: python.py PEER tcp|unix|buffered PATH."""

import asyncio
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from server_process import serve  # noqa: E402

BACKLOG = 4096


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class BufferedEcho(asyncio.BufferedProtocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = memoryview(bytearray(256 * 1024))

    def get_buffer(self, size_hint):
        return self.buffer

    def buffer_updated(self, count):
        self.transport.write(self.buffer[:count])


async def start(kind, path=""):
    loop = asyncio.get_running_loop()
    factory = BufferedEcho if kind == "buffered" else Echo
    if kind == "unix":
        await loop.create_unix_server(factory, path, backlog=BACKLOG)
        return path
    server = await loop.create_server(factory, "127.0.0.1", 0, backlog=BACKLOG)
    return server.sockets[0].getsockname()[1]


serve(start)
