# proves: HL-022
"""Cancelling a shield, or its awaiter, leaves the inner task running."""

import asyncio

from virtual_time import VirtualLoop


async def inner(fails=False):
    await asyncio.sleep(5)
    print("inner ends")
    if fails:
        raise ValueError("inner")
    return "inner"


async def awaiter(task):
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError as error:
        print("awaiter", repr(error))
        raise


async def main():
    task = asyncio.create_task(inner())
    outer = asyncio.create_task(awaiter(task))
    await asyncio.sleep(1)
    outer.cancel("outer")
    await asyncio.wait([outer])
    print(outer.cancelled(), task.done())
    print(await asyncio.shield(task))
    print(asyncio.shield(task) is task)
    try:
        await asyncio.shield(inner(fails=True))
    except ValueError as error:
        print(repr(error))
    task = asyncio.create_task(inner())
    shield = asyncio.shield(task)
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([shield])
    print(shield.cancelled(), task.cancelled())


asyncio.run(main(), loop_factory=VirtualLoop)
