# proves: HL-028
"""A deadline can be moved or removed while its body runs, and not afterwards."""

import asyncio

from virtual_time import VirtualLoop


async def main():
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(1) as limit:
        limit.reschedule(loop.time() + 5)
        await asyncio.sleep(3)
        limit.reschedule(None)
        print(limit.when())
        await asyncio.sleep(10)
    print("finished", loop.time())
    try:
        limit.reschedule(loop.time())
    except RuntimeError as error:
        print(repr(error))
    try:
        async with asyncio.timeout(None) as limit:
            limit.reschedule(loop.time() + 2)
            try:
                await asyncio.sleep(10)
            finally:
                try:
                    limit.reschedule(None)
                except RuntimeError as error:
                    print(repr(error))
    except TimeoutError:
        print("expired", loop.time())
    try:
        limit.reschedule(None)
    except RuntimeError as error:
        print(repr(error))


asyncio.run(main(), loop_factory=VirtualLoop)
