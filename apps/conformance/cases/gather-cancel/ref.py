# proves: HL-014
"""Cancelling a gather, or its awaiter, cancels all unfinished children."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
        return name
    except asyncio.CancelledError as error:
        print(name, repr(error))
        await asyncio.sleep(delay / 10)
        print(name, "cleaned up")
        raise


async def awaiter(return_exceptions):
    gathered = asyncio.gather(
        child("quick", 1), child("a", 5), child("b", 6), return_exceptions=return_exceptions
    )
    try:
        await gathered
    except asyncio.CancelledError as error:
        print("awaiter", repr(error), gathered.done(), gathered.cancel())
        raise


async def main():
    for return_exceptions in (False, True):
        task = asyncio.create_task(awaiter(return_exceptions))
        await asyncio.sleep(2)
        task.cancel("all of it")
        await asyncio.wait([task])
        print(task.cancelled())
    gathered = asyncio.gather(child("c", 3))
    await asyncio.sleep(2)
    print(gathered.cancel("directly"))
    try:
        await gathered
    except asyncio.CancelledError as error:
        print("main", repr(error))


asyncio.run(main(), loop_factory=VirtualLoop)
