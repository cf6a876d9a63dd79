# proves: TASK-042
"""Two requests before the task runs are one cancellation; one during the cleanup is another."""

import asyncio


async def child():
    try:
        await loop.create_future()
    except asyncio.CancelledError as error:
        print("thrown", repr(error), asyncio.current_task().cancelling())
    try:
        await asyncio.sleep(0)
        print("undisturbed")
        await loop.create_future()
    except asyncio.CancelledError as error:
        print("thrown", repr(error), asyncio.current_task().cancelling())
    return "result"


async def main():
    task = loop.create_task(child())
    await asyncio.sleep(0)
    print(task.cancel("first"), task.cancel("second"), task.cancelling())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(task.cancel("third"), task.cancelling())
    print(await task, task.cancelled(), task.cancelling())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
