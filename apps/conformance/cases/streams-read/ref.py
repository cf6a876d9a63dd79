# proves: STR-009 STR-010 STR-011 STR-012 STR-013 STR-014 STR-019 STR-020 STR-025
"""Each read waits until there is enough for it, and goes on in the next iteration."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 14:
        loop.call_soon(tick, n + 1)


def feed(reader, pieces):
    if not pieces:
        reader.feed_eof()
        print("end")
        return
    reader.feed_data(pieces[0])
    loop.call_soon(feed, reader, pieces[1:])


async def attempt(name, read):
    try:
        data = await read
        print(name, data.decode())
    except Exception as error:
        print(name, type(error).__name__, error)


async def main():
    reader = asyncio.StreamReader(limit=8, loop=loop)
    loop.call_soon(tick, 1)
    loop.call_soon(feed, reader, [b"ab", b"cdef", b"one;tw", b"o;", b"long long ", b"line;x", b"yz", b"12", b"3"])
    await attempt("read", reader.read(10))
    await attempt("exactly", reader.readexactly(3))
    await attempt("until", reader.readuntil(b";"))
    await attempt("until", reader.readuntil(b";"))
    await attempt("until", reader.readuntil(b";"))
    await attempt("read", reader.read(0))
    await attempt("exactly", reader.readexactly(15))
    print(reader.at_eof())
    await attempt("exactly", reader.readexactly(9))
    print(reader.at_eof())
    await attempt("line", reader.readline())
    await attempt("until", reader.readuntil())
    await attempt("all", reader.read())

    lines = asyncio.StreamReader(limit=4, loop=loop)
    loop.call_soon(feed, lines, [b"1\n22", b"\n333", b"33\n4", b"4\n55"])
    try:
        async for line in lines:
            print("line", line.decode().strip())
    except ValueError as error:
        print("ValueError", error)
    async for line in lines:
        print("line", line.decode().strip())
    rest = asyncio.StreamReader(loop=loop)
    loop.call_soon(feed, rest, [b"everything ", b"up to ", b"the end"])
    await attempt("all", rest.read())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
