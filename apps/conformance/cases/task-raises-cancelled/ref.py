# proves: TASK-026
"""CancelledError that leaves a coroutine makes its task cancelled, though nobody asked for it."""

import asyncio


async def gives_up():
    raise asyncio.CancelledError("on its own")


async def main():
    task = loop.create_task(gives_up())
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error))
    print(task.done(), task.cancelled(), task.cancelling())
    print("main", asyncio.current_task().cancelling())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
