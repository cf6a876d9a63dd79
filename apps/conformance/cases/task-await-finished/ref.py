# proves: TASK-021 FUT-021
"""Awaiting what is finished, future, task or coroutine, lets no other callback run."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 3:
        loop.call_soon(tick, n + 1)


async def child():
    return "coroutine"


async def main():
    future = loop.create_future()
    future.set_result("future")
    task = loop.create_task(child())
    await task
    loop.call_soon(tick, 1)
    print(await future)
    print(await task, "of a task")
    print(await child())
    print(await asyncio.gather())
    failed = loop.create_future()
    failed.set_exception(ValueError("x"))
    try:
        await failed
    except ValueError as error:
        print(repr(error))
    print("first suspension")
    await asyncio.sleep(0)
    print("main")
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
