# proves: HL-013
"""A child that is cancelled ends the gather with that error, but does not cancel it."""

import asyncio

from virtual_time import VirtualLoop


async def child(name):
    await asyncio.sleep(3)
    print(name, "ends")
    return name


async def main():
    first = asyncio.create_task(child("first"))
    second = asyncio.create_task(child("second"))
    gathered = asyncio.gather(first, second)
    await asyncio.sleep(1)
    first.cancel("only the first")
    try:
        await gathered
    except asyncio.CancelledError as error:
        print(repr(error))
    print(gathered.done(), gathered.cancelled(), repr(gathered.exception()))
    print(await second, asyncio.current_task().cancelling())


asyncio.run(main(), loop_factory=VirtualLoop)
