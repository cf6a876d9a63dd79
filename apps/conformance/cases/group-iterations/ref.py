# proves: HL-032 TASK-020
"""A group costs no iterations beyond those of its tasks."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 8:
        loop.call_soon(tick, n + 1)


async def child(name, steps):
    for n in range(steps):
        print(name, n)
        await asyncio.sleep(0)
    print(name, "ends")


async def main():
    loop.call_soon(tick, 1)
    async with asyncio.TaskGroup() as group:
        group.create_task(child("a", 2))
        group.create_task(child("b", 0))
        print("body ends")
    print("left")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(child("c", 0))
        await task
        print("body ends")
    print("left")


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
