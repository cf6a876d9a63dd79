# proves: STR-024
"""Above twice the limit reading is paused; it is resumed at the limit, or when a read has to wait."""

import asyncio


class Transport(asyncio.ReadTransport):
    def pause_reading(self):
        print("paused")

    def resume_reading(self):
        print("resumed")


async def main():
    reader = asyncio.StreamReader(limit=4, loop=loop)
    reader.set_transport(Transport())
    for size in (8, 1, 5):
        print("feed", size)
        reader.feed_data(b"x" * size)
    for size in (3, 6, 2, 3):
        print("read", len(await reader.read(size)))
    print("feed", 9)
    reader.feed_data(b"x" * 9)
    loop.call_soon(reader.feed_data, b"y" * 3)
    print("exactly", len(await reader.readexactly(12)))
    print("feed", 20)
    reader.feed_data(b"a line that is too long\n" + b"x" * 4)
    try:
        await reader.readline()
    except ValueError as error:
        print(error)
    print("read", len(await reader.read(2)))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
