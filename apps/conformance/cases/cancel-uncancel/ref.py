# proves: TASK-047
"""uncancel() counts requests down; at zero it withdraws what was not delivered yet."""

import asyncio


async def child():
    task = asyncio.current_task()
    print("uncancel", task.uncancel(), task.cancelling())
    print("cancel", task.cancel(), task.cancel(), task.cancelling())
    print("uncancel", task.uncancel())
    print("uncancel", task.uncancel())
    await asyncio.sleep(0)
    print("not cancelled")
    try:
        task.cancel()
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        print("cancelled", task.cancelling(), task.uncancel())
    return "result"


async def cancelled():
    await loop.create_future()


async def main():
    task = loop.create_task(child())
    print(await task, task.cancelled())
    task = loop.create_task(cancelled())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled(), task.cancelling(), task.uncancel(), task.cancelled())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
