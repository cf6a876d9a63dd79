# proves: STR-021 STR-022
"""One coroutine waits at a time; an exception wakes it and stays."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 7:
        loop.call_soon(tick, n + 1)


async def attempt(name, read):
    try:
        print(name, (await read()).decode())
    except Exception as error:
        print(name, type(error).__name__, error)


async def main():
    reader = asyncio.StreamReader(loop=loop)
    loop.call_soon(tick, 1)
    first = loop.create_task(attempt("first", lambda: reader.read(5)))
    await asyncio.sleep(0)
    await attempt("read", lambda: reader.read(1))
    await attempt("exactly", lambda: reader.readexactly(1))
    await attempt("line", reader.readline)
    await attempt("until", reader.readuntil)
    reader.feed_data(b"a")
    reader.feed_data(b"b")
    await first
    print(reader.exception())
    second = loop.create_task(attempt("second", lambda: reader.readexactly(5)))
    await asyncio.sleep(0)
    reader.set_exception(RuntimeError("lost"))
    await second
    reader.feed_data(b"never read")
    await attempt("read", lambda: reader.read(1))
    await attempt("exactly", lambda: reader.readexactly(0))
    await attempt("line", reader.readline)
    print(reader.exception())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
