# proves: STR-027 STR-028 STR-029 STR-030
"""drain() waits while writing is paused, and ends when the connection does; so does wait_closed()."""

import asyncio


class Transport(asyncio.Transport):
    closing = False

    def is_closing(self):
        return self.closing

    def get_extra_info(self, name, default=None):
        return default

    def can_write_eof(self):
        return True

    def close(self):
        self.closing = True


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def attempt(name, wait):
    try:
        await wait
        print(name)
    except Exception as error:
        print(name, type(error).__name__, error)


def connect():
    transport = Transport()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    protocol.connection_made(transport)
    return protocol, reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def lose(error):
    protocol, reader, writer = connect()
    protocol.pause_writing()
    tasks = [loop.create_task(attempt(f"drain {n}", writer.drain())) for n in range(2)]
    tasks += [loop.create_task(attempt(f"closed {n}", writer.wait_closed())) for n in range(2)]
    await asyncio.sleep(0)
    protocol.connection_lost(error)
    await asyncio.wait(tasks)
    await attempt("drain", writer.drain())
    await attempt("closed", writer.wait_closed())
    print(reader.at_eof())


async def main():
    loop.call_soon(tick, 1)
    protocol, reader, writer = connect()
    await attempt("drained", writer.drain())
    protocol.pause_writing()
    tasks = [loop.create_task(attempt(f"drained {n}", writer.drain())) for n in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    protocol.resume_writing()
    await asyncio.wait(tasks)
    writer.close()
    print(writer.is_closing())
    await attempt("drained while closing", writer.drain())
    reader.set_exception(RuntimeError("of the reader"))
    await attempt("drain", writer.drain())
    await lose(None)
    await lose(RuntimeError("lost"))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
