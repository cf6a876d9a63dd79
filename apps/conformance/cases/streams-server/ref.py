# proves: STR-001 STR-002 STR-005 STR-006 STR-007 STR-026 STR-030 STR-031
"""Connections over the loopback interface, one after the other, to servers of each kind of callback."""

import asyncio


async def echo(reader, writer):
    async for line in reader:
        print("server got", line.decode().strip())
        writer.write(line)
        await writer.drain()
    print("server at end", reader.at_eof())
    writer.write(b"after the end\n")
    writer.close()
    await writer.wait_closed()


async def fails(reader, writer):
    await reader.readline()
    raise RuntimeError("failed")


async def is_cancelled(reader, writer):
    await reader.readline()
    raise asyncio.CancelledError


def plain(reader, writer):
    writer.write(b"plain\n")
    raise RuntimeError("failed, and open")


def report(loop, context):
    # Which callback it is differs.
    print("report", context["message"].split(" Stream")[0], context["exception"])


async def connect(callback, then):
    server = await asyncio.start_server(callback, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    print(writer.get_extra_info("peername") == (host, port), writer.can_write_eof(), writer.is_closing())
    writer.write(b"one\n")
    await writer.drain()
    print("client got", (await reader.readline()).decode().strip())
    if then == "write":
        writer.writelines([b"tw", b"o\n"])
        writer.write_eof()
    elif then == "close":
        writer.close()
    print("client got", (await reader.read()).decode().replace("\n", "/"))
    writer.close()
    await writer.wait_closed()
    print("closed", writer.is_closing(), reader.at_eof())
    server.close()


async def main():
    loop.set_exception_handler(report)
    await connect(echo, "write")
    await connect(fails, "read")
    await connect(is_cancelled, "read")
    await connect(plain, "close")


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
