# proves: HL-037
"""SystemExit of the body comes out as it is, once the children have ended."""

import asyncio

from virtual_time import VirtualLoop


async def child():
    try:
        await asyncio.sleep(5)
    finally:
        await asyncio.sleep(1)
        print("child ended")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(1)
            raise SystemExit(5)
    except BaseException as error:
        print(type(error).__name__, error.code)
    return "went on"


print(asyncio.run(main(), loop_factory=VirtualLoop))
