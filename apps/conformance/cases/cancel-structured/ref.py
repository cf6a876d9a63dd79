# proves: TASK-048
"""A block that cancels its own task takes the request back, and leaves those of others alone."""

import asyncio


async def block(name):
    """Cancels its task after two iterations and turns that, and only that, into a TimeoutError."""
    task = asyncio.current_task()
    level = task.cancelling()
    loop.call_soon(loop.call_soon, task.cancel)
    try:
        await loop.create_future()
    except asyncio.CancelledError:
        print(name, "count", task.cancelling())
        if task.uncancel() <= level:
            raise TimeoutError(name)
        raise


async def child(name):
    try:
        await block(name)
    except TimeoutError as error:
        print(repr(error), asyncio.current_task().cancelling())
    await asyncio.sleep(0)
    return "went on"


async def main():
    print(await loop.create_task(child("own")))
    task = loop.create_task(child("foreign"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel("from outside")
    try:
        print(await task)
    except asyncio.CancelledError as error:
        print("main", repr(error), task.cancelling())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
