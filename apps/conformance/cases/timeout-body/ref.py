# proves: HL-025 HL-026
"""When the time is over the body is cancelled once, and its CancelledError becomes a
TimeoutError."""

import asyncio

from virtual_time import VirtualLoop


async def main():
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(2):
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as error:
                print("body", repr(error), asyncio.current_task().cancelling())
                raise
    except TimeoutError as error:
        print(repr(error), repr(error.__cause__), loop.time())
    print(asyncio.current_task().cancelling())
    async with asyncio.timeout(2):
        await asyncio.sleep(1)
    print("in time", loop.time())
    async with asyncio.timeout(None):
        await asyncio.sleep(100)
    print("no limit", loop.time())
    try:
        async with asyncio.timeout_at(loop.time() + 3):
            await asyncio.sleep(5)
    except TimeoutError:
        print("at", loop.time())
    await asyncio.sleep(10)
    print("undisturbed", loop.time())


asyncio.run(main(), loop_factory=VirtualLoop)
