# proves: HL-011
"""The first error ends a gather; the others go on, and their errors are not reported."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay, fails):
    await asyncio.sleep(delay)
    print(name, "ends")
    if fails:
        raise ValueError(name)


async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("never printed"))
    gathered = asyncio.gather(child("a", 3, False), child("b", 1, True), child("c", 2, True))
    try:
        await gathered
    except ValueError as error:
        print(repr(error))
    print(gathered.done(), gathered.cancelled(), len(asyncio.all_tasks()))
    await asyncio.sleep(5)
    print(len(asyncio.all_tasks()))


asyncio.run(main(), loop_factory=VirtualLoop)
