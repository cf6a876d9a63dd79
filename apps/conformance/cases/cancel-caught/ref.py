# proves: TASK-041
"""A coroutine may catch its cancellation and return, fail, or clean up undisturbed."""

import asyncio

from virtual_time import VirtualLoop


async def returns():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        return "returned"


async def fails():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        raise ValueError("failed")


async def cleans_up():
    try:
        await asyncio.sleep(10)
    finally:
        for n in range(3):
            print("cleaning", n)
            await asyncio.sleep(0)


async def main():
    for coroutine in (returns, fails, cleans_up):
        task = loop.create_task(coroutine())
        await asyncio.sleep(0)
        task.cancel()
        try:
            print(await task)
        except (asyncio.CancelledError, ValueError) as error:
            print(repr(error))
        print(coroutine.__name__, task.cancelled(), task.cancelling())


loop = VirtualLoop()
loop.run_until_complete(main())
loop.close()
