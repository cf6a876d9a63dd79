# proves: HL-020
"""asCompleted() gives results in the order of completion, and the caller's own tasks when
iterated asynchronously."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay):
    await asyncio.sleep(delay)
    return name


async def main():
    for next_one in asyncio.as_completed([child("c", 3), child("a", 1), child("b", 2)]):
        print(await next_one)
    tasks = [
        asyncio.create_task(child(name, delay)) for name, delay in (("f", 3), ("d", 1), ("e", 2))
    ]
    async for task in asyncio.as_completed(tasks + tasks):
        print(task in tasks, task.done(), await task)
    finished = asyncio.get_running_loop().create_future()
    finished.set_result("finished")
    iterator = asyncio.as_completed([child("slow", 5), finished])
    async for future in iterator:
        print("first", future is finished)
        break
    async for future in iterator:
        print("then", await future)


asyncio.run(main(), loop_factory=VirtualLoop)
