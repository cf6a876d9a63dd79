# proves: HL-026
"""Without time the body ends at its first suspension; one that never suspends finishes."""

import asyncio


async def main():
    for delay in (0, -1):
        try:
            async with asyncio.timeout(delay):
                print("body starts")
                await asyncio.sleep(0)
                print("never printed")
        except TimeoutError as error:
            print(repr(error))
    async with asyncio.timeout(0) as limit:
        print("body without a suspension")
    await asyncio.sleep(0)
    print("finished", limit.expired(), asyncio.current_task().cancelling())


asyncio.run(main())
