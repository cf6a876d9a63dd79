# proves: HL-027 HL-031
"""expired() tells that the deadline has passed, whatever the body made of it."""

import asyncio

from virtual_time import VirtualLoop


def state(limit):
    return str(limit).split(" when=")[0]


async def main():
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(1) as limit:
        print(state(limit), limit.when() - loop.time(), limit.expired())
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            print("swallowed", limit.expired())
    print(state(limit), limit.expired())
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(5)
            finally:
                raise ValueError("instead")
    except ValueError as error:
        print(repr(error), limit.expired())
    async with asyncio.timeout(5) as limit:
        await asyncio.sleep(1)
    print(state(limit), limit.expired())
    async with asyncio.timeout(None) as limit:
        print(state(limit), limit.when())
    await asyncio.sleep(0)


asyncio.run(main(), loop_factory=VirtualLoop)
