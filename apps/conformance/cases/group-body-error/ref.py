# proves: HL-034
"""An error of the body cancels the children and comes out in a group; a cancelled child is no
error."""

import asyncio

from virtual_time import VirtualLoop


async def child(name):
    try:
        await asyncio.sleep(5)
        return name
    except asyncio.CancelledError as error:
        print(name, repr(error))
        raise


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("child"))
            await asyncio.sleep(1)
            raise ValueError("body")
    except ExceptionGroup as error:
        print(error.message, [repr(e) for e in error.exceptions])
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(child("cancelled"))
        other = group.create_task(child("other"))
        await asyncio.sleep(1)
        cancelled.cancel("only this one")
    print(cancelled.cancelled(), other.result())


asyncio.run(main(), loop_factory=VirtualLoop)
