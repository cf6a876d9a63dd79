# proves: HL-052
"""join() waits until taskDone() was called for each item."""

import asyncio

from virtual_time import VirtualLoop


async def worker():
    while True:
        item = await queue.get()
        await asyncio.sleep(item)
        print("done", item)
        queue.task_done()


async def main():
    await queue.join()
    print("nothing to wait for")
    for item in (4, 1, 2):
        queue.put_nowait(item)
    workers = [asyncio.create_task(worker()) for _ in range(2)]
    await queue.join()
    print("joined at", asyncio.get_running_loop().time())
    for task in workers:
        task.cancel()
    try:
        queue.task_done()
    except ValueError as error:
        print(repr(error))


queue = asyncio.Queue()
asyncio.run(main(), loop_factory=VirtualLoop)
