# proves: TASK-034 TASK-035
"""cancel() cancels the awaited future at once; the task gets the error in the next iteration."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 4:
        loop.call_soon(tick, n + 1)


async def waiter():
    try:
        await future
    except asyncio.CancelledError as error:
        print("thrown", repr(error), asyncio.current_task().cancelling())
        raise


async def main():
    task = loop.create_task(waiter())
    task.add_done_callback(lambda task: print("done callback"))
    await asyncio.sleep(0)
    loop.call_soon(tick, 1)
    print("cancel", task.cancel("why"), task.cancelled(), task.cancelling())
    print("future", future.cancelled())
    try:
        await task
    except asyncio.CancelledError as error:
        print("awaiter", repr(error))
    print("cancelled", task.cancelled(), task.cancel(), task.cancelling())
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
future = loop.create_future()
loop.run_until_complete(main())
loop.close()
