# proves: HL-010
"""gather() runs its arguments side by side and gives their results in their own order."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def child(name, steps):
    print(name, "starts")
    for _ in range(steps):
        await asyncio.sleep(0)
    print(name, "ends")
    return name


async def main():
    loop.call_soon(tick, 1)
    print(await asyncio.gather(child("a", 2), child("b", 0), child("c", 1)))
    task = loop.create_task(child("d", 0))
    future = loop.create_future()
    future.set_result("finished")
    print(await asyncio.gather(task, future, task, child("e", 0)))
    print(await asyncio.gather())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
