# proves: TASK-043
"""Cancelling a task that awaits another cancels that one first, and waits for its cleanup."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 5:
        loop.call_soon(tick, n + 1)


async def inner(suppress):
    try:
        await loop.create_future()
    except asyncio.CancelledError as error:
        print("inner", repr(error))
        await asyncio.sleep(0)
        print("inner cleaned up")
        if not suppress:
            raise
        return "inner's value"


async def outer(suppress):
    task = loop.create_task(inner(suppress))
    try:
        print("outer goes on with", await task)
        return "outer's value"
    except asyncio.CancelledError as error:
        print("outer", repr(error), task.cancelled())
        raise


async def main():
    for suppress in (False, True):
        task = loop.create_task(outer(suppress))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        loop.call_soon(tick, 1)
        print("cancel", task.cancel("chain"))
        try:
            print(await task)
        except asyncio.CancelledError as error:
            print("main", repr(error))
        print(task.cancelled())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
