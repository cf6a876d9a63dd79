# proves: TASK-037
"""A task that was woken but has not run yet gets the cancellation, not the result."""

import asyncio


async def waiter():
    try:
        print("got", await future)
    except asyncio.CancelledError as error:
        print("thrown", repr(error))
        print("awaiting again gives", await future)
        raise


async def main():
    task = loop.create_task(waiter())
    await asyncio.sleep(0)
    future.set_result("value")
    print(task.cancel("late"), future.cancelled())
    try:
        await task
    except asyncio.CancelledError as error:
        print("awaiter", repr(error), task.cancelled(), future.result())


loop = asyncio.new_event_loop()
future = loop.create_future()
loop.run_until_complete(main())
loop.close()
