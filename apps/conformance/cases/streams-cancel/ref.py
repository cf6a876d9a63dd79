# proves: STR-023
"""A task that reads, cancelled at each of its iterations: what it has not taken is left for the next."""

import asyncio


def tick():
    global now
    now += 1
    loop.call_soon(tick)


def log(text):
    events.append(f"{now}:{text}")


def feed(reader, pieces):
    if not pieces:
        reader.feed_eof()
        return
    reader.feed_data(pieces[0])
    loop.call_soon(feed, reader, pieces[1:])


async def work(reader):
    for read in (
        lambda: reader.read(1),
        lambda: reader.readexactly(3),
        reader.readline,
        lambda: reader.readuntil(b";"),
    ):
        log((await read()).decode().strip())


async def main(steps):
    reader = asyncio.StreamReader(loop=loop)
    loop.call_soon(feed, reader, [b"a", b"b", b"cd", b"li", b"ne\n", b"se", b"p;", b"rest"])
    task = loop.create_task(work(reader))
    for _ in range(steps):
        await asyncio.sleep(0)
    log("cancel" if task.cancel() else "too late")
    try:
        await task
    except asyncio.CancelledError:
        log("cancelled")
    log("left " + (await reader.read()).decode().replace("\n", "/"))


for steps in range(12):
    now = 0
    events = []
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
