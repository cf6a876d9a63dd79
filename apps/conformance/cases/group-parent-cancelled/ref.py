# proves: HL-035
"""Cancelling the parent cancels the children; if one of them fails at that, its error wins."""

import asyncio

from virtual_time import VirtualLoop


async def child(fails):
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError as error:
        print("child", repr(error))
        if fails:
            raise ValueError("child")
        raise


async def parent(fails):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child(fails))
            await asyncio.sleep(10)
    except ExceptionGroup as error:
        print([repr(e) for e in error.exceptions], asyncio.current_task().cancelling())
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("cancelled at the next wait")
        return "ended"


async def main():
    for fails in (False, True):
        task = asyncio.create_task(parent(fails))
        await asyncio.sleep(1)
        task.cancel("parent")
        await asyncio.wait([task])
        try:
            print(await task)
        except asyncio.CancelledError:
            print("CancelledError")
        print(task.cancelled(), task.cancelling())


asyncio.run(main(), loop_factory=VirtualLoop)
