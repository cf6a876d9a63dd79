# proves: FUT-021 FUT-022 TASK-021
"""A task resumes one iteration behind the future; awaiting a finished one does not give up
control."""

import asyncio


def tick(n):
    print("tick", n)
    if n == 2:
        future.set_result("value")
    if n < 5:
        loop.call_soon(tick, n + 1)


async def waiter(name):
    print(name, "waits")
    print(name, "has", await future)
    print(name, "has at once", await future)


async def fails(name):
    try:
        await failed
    except ValueError as error:
        print(name, error is boom)
    try:
        await failed
    except ValueError as error:
        print(name, "again", error is boom)


async def main():
    loop.call_soon(tick, 1)
    tasks = [loop.create_task(waiter(name)) for name in ("a", "b", "c")]
    for task in tasks:
        await task
    tasks = [loop.create_task(fails(name)) for name in ("d", "e")]
    await asyncio.sleep(0)
    failed.set_exception(boom)
    for task in tasks:
        await task


boom = ValueError("boom")
loop = asyncio.new_event_loop()
future = loop.create_future()
failed = loop.create_future()
loop.run_until_complete(main())
loop.close()
