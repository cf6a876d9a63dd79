# proves: TASK-036
"""A task that is cancelled before its first step never runs a line."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 3:
        loop.call_soon(tick, n + 1)


async def child():
    print("never printed")


async def main():
    loop.call_soon(tick, 1)
    task = loop.create_task(child())
    task.add_done_callback(lambda task: print("done callback"))
    print(task.cancel("too early"), task.cancelled(), task.done())
    await asyncio.sleep(0)
    print(task.cancelled(), task.done())
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error))
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
