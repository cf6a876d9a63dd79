# proves: TASK-017
"""An eager task that is done cannot be cancelled; one that waits is cancelled at its wait."""

import asyncio


async def done_at_once():
    return "result"


async def waits():
    try:
        await loop.create_future()
    except asyncio.CancelledError as error:
        print("thrown", repr(error))
        raise


async def main():
    task = asyncio.Task(done_at_once(), loop=loop, eager_start=True)
    await asyncio.sleep(0)
    print(task.cancel(), task.cancelled(), await task)
    task = asyncio.Task(waits(), loop=loop, eager_start=True)
    print(task.cancel("why"), task.cancelled())
    try:
        await task
    except asyncio.CancelledError as error:
        print("awaiter", repr(error), task.cancelled())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
