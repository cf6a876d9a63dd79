# proves: TASK-044
"""If somebody else cancels the awaited future, its awaiter is cancelled too, without a request."""

import asyncio


async def awaiter(catches, future):
    try:
        await future
    except asyncio.CancelledError as error:
        print("thrown", repr(error), asyncio.current_task().cancelling())
        if not catches:
            raise
    return "caught"


async def main():
    for catches in (True, False):
        future = loop.create_future()
        task = loop.create_task(awaiter(catches, future))
        await asyncio.sleep(0)
        future.cancel("the future")
        try:
            print(await task)
        except asyncio.CancelledError as error:
            print("main", repr(error))
        print(task.cancelled(), task.cancelling(), asyncio.current_task().cancelling())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
