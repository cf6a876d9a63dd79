# proves: TASK-050 HL-009
"""Cancelling a sleeping task takes its timer back."""

import asyncio

from virtual_time import VirtualLoop


async def sleeper():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print("woken at", loop.time())
        raise


async def main():
    task = loop.create_task(sleeper())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())
    try:
        await asyncio.sleep(float("nan"))
    except ValueError as error:
        print(type(error).__name__)
    print(await asyncio.sleep(2, "slept"), loop.time())


loop = VirtualLoop()
loop.run_until_complete(main())
loop.close()
