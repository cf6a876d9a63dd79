# proves: HL-021
"""When the time is over each that is left throws TimeoutError; the tasks go on."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay):
    await asyncio.sleep(delay)
    return name


async def main():
    tasks = [
        asyncio.create_task(child(name, delay)) for name, delay in (("a", 1), ("b", 5), ("c", 6))
    ]
    for next_one in asyncio.as_completed(tasks, timeout=2):
        try:
            print(await next_one)
        except TimeoutError as error:
            print(repr(error))
    print([task.done() for task in tasks])
    try:
        async for task in asyncio.as_completed(tasks, timeout=1):
            print(task.result())
    except TimeoutError as error:
        print(repr(error))
    print([task.done() for task in tasks])
    for value in (tasks[0], 5):
        try:
            asyncio.as_completed(value)
        except TypeError as error:
            print(type(error).__name__)
    print(await tasks[1], await tasks[2])


asyncio.run(main(), loop_factory=VirtualLoop)
