# proves: HL-051
"""Cancelling who waits loses neither an item nor a slot."""

import asyncio


async def getter(name):
    try:
        print(name, "got", await queue.get())
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise


async def putter(item):
    await queue.put(item)
    print("put", item)


async def main():
    tasks = [asyncio.create_task(getter(name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    queue.put_nowait("item")
    tasks[0].cancel()
    await asyncio.wait(tasks)
    queue.put_nowait("full")
    tasks = [asyncio.create_task(putter(item)) for item in ("x", "y", "z")]
    await asyncio.sleep(0)
    print("taken", queue.get_nowait())
    tasks[0].cancel()
    await asyncio.wait(tasks[:2])
    print("taken", await queue.get(), await queue.get(), queue.qsize())
    print([task.cancelled() for task in tasks])


queue = asyncio.Queue(1)
asyncio.run(main())
