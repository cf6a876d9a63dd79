"""Sends a file by asyncio for each byte: python.py PEER SIZE PATH."""

import asyncio
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from server_process import serve  # noqa: E402


class Files(asyncio.Protocol):
    def __init__(self, file):
        self.file = file

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        loop = asyncio.get_running_loop()
        self.sending = loop.create_task(loop.sendfile(self.transport, self.file))


async def start(size, path):
    file = open(path, "w+b")
    file.truncate(int(size))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Files(file), "127.0.0.1", 0)
    return server.sockets[0].getsockname()[1]


serve(start)
