# proves: HL-023
"""Shields inside of a gather, and a gather inside of a shield."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay):
    await asyncio.sleep(delay)
    print(name, "ends")
    return name


async def main():
    children = [asyncio.create_task(child("a", 5)), asyncio.create_task(child("b", 6))]
    shields = [asyncio.shield(task) for task in children]
    gathered = asyncio.gather(*shields)
    await asyncio.sleep(1)
    print(gathered.cancel())
    try:
        await gathered
    except asyncio.CancelledError as error:
        print(repr(error))
    print([shield.cancelled() for shield in shields], [task.done() for task in children])
    print([await task for task in children])
    inner = asyncio.gather(child("c", 5), child("d", 6))
    shield = asyncio.shield(inner)
    await asyncio.sleep(1)
    shield.cancel()
    print(shield.cancelled(), inner.done(), await inner)


asyncio.run(main(), loop_factory=VirtualLoop)
