# proves: TASK-040
"""A task that cancels itself and then ends is cancelled, unless it ends with another error."""

import asyncio


async def returns():
    asyncio.current_task().cancel("at the end")
    return "discarded"


async def raises():
    asyncio.current_task().cancel()
    raise ValueError("kept")


async def main():
    for coroutine in (returns, raises):
        task = loop.create_task(coroutine())
        try:
            print(await task)
        except (asyncio.CancelledError, ValueError) as error:
            print(repr(error), task.cancelled())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
