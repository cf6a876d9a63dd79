# proves: HL-004 HL-022 TASK-041
"""A service that is cancelled drains its queue behind a shield, and ends with its parts."""

import asyncio

from virtual_time import VirtualLoop


async def drain():
    while not queue.empty():
        print("drained", queue.get_nowait())
        await asyncio.sleep(1)
    return "drained all"


async def service():
    try:
        while True:
            print("served", await queue.get())
            await asyncio.sleep(2)
    except asyncio.CancelledError as error:
        print("service", repr(error))
        print(await asyncio.shield(drain()))
        raise
    finally:
        print("service ended at", round(loop.time() - start, 1))


async def main():
    task = asyncio.create_task(service())
    for item in range(5):
        queue.put_nowait(item)
    await asyncio.sleep(3)
    task.cancel("shutting down")
    await asyncio.sleep(1.5)
    print("still draining", not task.done())
    print(await asyncio.gather(task, return_exceptions=True) and task.cancelled())


queue = asyncio.Queue()
loop = VirtualLoop()
start = loop.time()
loop.run_until_complete(main())
loop.close()
