# proves: HL-053
"""A queue that is shut down takes no items, gives out those it has, and wakes who waits."""

import asyncio


async def attempt(name, operation):
    try:
        print(name, await operation())
    except asyncio.QueueShutDown as error:
        print(name, type(error).__name__)


async def main():
    queue = asyncio.Queue(1)
    queue.put_nowait("kept")
    putter = asyncio.create_task(attempt("waiting put", lambda: queue.put("late")))
    await asyncio.sleep(0)
    queue.shutdown()
    await putter
    await attempt("put", lambda: queue.put("more"))
    try:
        queue.put_nowait("more")
    except asyncio.QueueShutDown as error:
        print("put_nowait", type(error).__name__)
    await attempt("get", lambda: queue.get())
    await attempt("get", lambda: queue.get())
    empty = asyncio.Queue()
    getters = [
        asyncio.create_task(attempt(name, lambda: empty.get())) for name in ("getter a", "getter b")
    ]
    await asyncio.sleep(0)
    empty.shutdown()
    await asyncio.wait(getters)
    dropped = asyncio.Queue()
    dropped.put_nowait(1)
    dropped.put_nowait(2)
    joiner = asyncio.create_task(attempt("join", lambda: dropped.join()))
    await asyncio.sleep(0)
    dropped.shutdown(immediate=True)
    await joiner
    print(dropped.qsize())
    await attempt("get", lambda: dropped.get())


asyncio.run(main())
