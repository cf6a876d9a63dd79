# proves: HL-016
"""wait() returns at the first completion, the first error or the last completion, and throws
nothing."""

import asyncio

from virtual_time import VirtualLoop


def names(tasks):
    return sorted(task.get_name() for task in tasks)


async def child(delay, fails=False):
    await asyncio.sleep(delay)
    if fails:
        raise ValueError("child")
    return delay


async def main():
    loop = asyncio.get_running_loop()
    for when in (asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED):
        start = loop.time()
        tasks = [
            asyncio.create_task(child(1), name="a"),
            asyncio.create_task(child(2, fails=True), name="b"),
            asyncio.create_task(child(3), name="c"),
        ]
        done, pending = await asyncio.wait(tasks, return_when=when)
        print(when, round(loop.time() - start), names(done), names(pending))
        await asyncio.wait(tasks)
        print(repr(tasks[1].exception()), tasks[2].result())


asyncio.run(main(), loop_factory=VirtualLoop)
