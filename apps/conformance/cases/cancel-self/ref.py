# proves: TASK-039
"""A task that cancels itself goes on to its next suspension; what is finished does not deliver
it."""

import asyncio


async def finished_coroutine():
    return "coroutine"


async def child():
    print("cancel", asyncio.current_task().cancel("self"))
    done = loop.create_future()
    done.set_result("finished future")
    print(await done)
    print(await finished_coroutine())
    pending = loop.create_future()
    try:
        await pending
    except asyncio.CancelledError as error:
        print("thrown", repr(error), pending.cancelled())
    asyncio.current_task().cancel("again")
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError as error:
        print("thrown", repr(error))
    return "survived"


async def main():
    task = loop.create_task(child())
    print(await task, task.cancelling())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
