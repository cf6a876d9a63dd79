# proves: HL-025 HL-033 TASK-048
"""Attempts with a limit each, in a group, under a limit for all of them."""

import asyncio

from virtual_time import VirtualLoop


async def attempt(name, n):
    print(name, "attempt", n)
    await asyncio.sleep(n * 2)
    if n == 1:
        raise ValueError(name)
    return f"{name} after {n}"


async def retry(name, durations):
    for n in durations:
        try:
            async with asyncio.timeout(3):
                return await attempt(name, n)
        except TimeoutError:
            print(name, "took too long at", round(loop.time() - start, 2))
        except ValueError as error:
            print(repr(error), "at", round(loop.time() - start, 2))
    raise LookupError(name)


async def main():
    async with asyncio.timeout(100):
        async with asyncio.TaskGroup() as group:
            first = group.create_task(retry("first", (1, 2, 0.5)))
            second = group.create_task(retry("second", (3, 1.25)))
        print(first.result(), second.result())
    try:
        async with asyncio.timeout(4):
            async with asyncio.TaskGroup() as group:
                group.create_task(retry("third", (1, 9, 9)))
    except TimeoutError as error:
        print(repr(error), asyncio.current_task().cancelling())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(retry("fourth", (1,)))
            group.create_task(asyncio.sleep(1000))
    except ExceptionGroup as error:
        print(error.message, [str(e) for e in error.exceptions], round(loop.time() - start, 2))


loop = VirtualLoop()
start = loop.time()
loop.run_until_complete(main())
loop.close()
