# proves: HL-049
"""A queue gives items in order; put waits while it is full, get while it is empty."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def producer():
    for n in range(4):
        await queue.put(n)
        print("put", n, queue.qsize())


async def consumer(name):
    for _ in range(2):
        print(name, "got", await queue.get())


async def main():
    print(queue.maxsize, queue.empty(), queue.full(), queue.qsize())
    loop.call_soon(tick, 1)
    await asyncio.gather(consumer("a"), producer(), consumer("b"))
    queue.put_nowait("x")
    queue.put_nowait("y")
    print(queue.empty(), queue.full(), queue.qsize())
    try:
        queue.put_nowait("z")
    except asyncio.QueueFull as error:
        print(type(error).__name__)
    print(queue.get_nowait(), queue.get_nowait())
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        print(type(error).__name__)
    unbounded = asyncio.Queue()
    for n in range(1000):
        unbounded.put_nowait(n)
    print(unbounded.maxsize, unbounded.full(), unbounded.qsize())
    fractional = asyncio.Queue(1.3)
    fractional.put_nowait(1)
    fractional.put_nowait(2)
    print(fractional.full())


queue = asyncio.Queue(2)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
