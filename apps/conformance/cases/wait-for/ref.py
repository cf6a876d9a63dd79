# proves: HL-018
"""waitFor() gives the result, or cancels when the time is over and waits for the cleanup."""

import asyncio

from virtual_time import VirtualLoop


async def child(delay, then):
    try:
        await asyncio.sleep(delay)
        return "in time"
    except asyncio.CancelledError:
        print("cancelled at", loop.time())
        await asyncio.sleep(1)
        if then == "raises":
            raise ValueError("instead")
        if then == "returns":
            return "in spite of it"
        raise


async def main():
    global loop
    loop = asyncio.get_running_loop()
    print(await asyncio.wait_for(child(1, None), 2))
    print(await asyncio.wait_for(child(1, None), None))
    for then in ("ends", "raises", "returns"):
        try:
            print(await asyncio.wait_for(child(10, then), 2), loop.time())
        except (TimeoutError, ValueError) as error:
            print(repr(error), type(error.__cause__).__name__, loop.time())
    print(asyncio.current_task().cancelling())


asyncio.run(main(), loop_factory=VirtualLoop)
