# proves: HL-049 HL-052 TASK-038
"""Workers share a queue, and are cancelled when it is empty."""

import asyncio

from virtual_time import VirtualLoop


async def worker(name):
    while True:
        item = await queue.get()
        print(name, "begins", item, "at", round(loop.time() - start, 1))
        await asyncio.sleep(item)
        queue.task_done()
        results.append([name, item])


async def main():
    workers = [asyncio.create_task(worker(name)) for name in ("a", "b", "c")]
    for item in (5, 3, 1, 2.5, 4.5, 0.5):
        await queue.put(item)
    await queue.join()
    print("joined at", round(loop.time() - start, 1))
    for task in workers:
        task.cancel()
    ended = await asyncio.gather(*workers, return_exceptions=True)
    print([type(error).__name__ for error in ended])
    print(results)


results = []
queue = asyncio.Queue(2)
loop = VirtualLoop()
start = loop.time()
loop.run_until_complete(main())
loop.close()
