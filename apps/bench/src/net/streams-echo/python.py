"""An echo server by asyncio's streams: python.py PEER STYLE."""

import asyncio
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from server_process import serve  # noqa: E402

BACKLOG = 4096
MOST = 256 * 1024


async def echo(reader, writer):
    try:
        while data := await reader.read(MOST):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def start(style, path=""):
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=BACKLOG)
    return server.sockets[0].getsockname()[1]


serve(start)
