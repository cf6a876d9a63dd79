# proves: TASK-049 TASK-025
"""SystemExit raised while handling a cancellation ends the task and leaves the loop."""

import asyncio


async def child():
    try:
        await loop.create_future()
    except asyncio.CancelledError:
        print("cancelled")
        raise SystemExit(4)


async def main():
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    print("main goes on in the next run")
    return "result"


loop = asyncio.new_event_loop()
task = loop.create_task(child())
outer = loop.create_task(main())
try:
    loop.run_until_complete(outer)
except SystemExit as error:
    print("SystemExit", error.code)
print(task.done(), task.cancelled(), task.exception().code, outer.done())
print(loop.run_until_complete(outer))
loop.close()
