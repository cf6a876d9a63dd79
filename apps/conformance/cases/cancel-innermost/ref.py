# proves: TASK-045
"""The cancellation enters at the innermost coroutine and leaves through each finally."""

import asyncio

from virtual_time import VirtualLoop


async def level(n):
    try:
        if n:
            await level(n - 1)
        else:
            await asyncio.sleep(10)
    except asyncio.CancelledError as error:
        print("level", n, repr(error))
        raise
    finally:
        print("finally", n)
        await asyncio.sleep(0)
        print("left", n)


async def main():
    task = loop.create_task(level(3))
    await asyncio.sleep(0)
    task.cancel("inwards")
    try:
        await task
    except asyncio.CancelledError as error:
        print("main", repr(error))


loop = VirtualLoop()
loop.run_until_complete(main())
loop.close()
