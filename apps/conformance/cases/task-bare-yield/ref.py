# proves: TASK-022 HL-009
"""sleep(0) gives up control for exactly one iteration."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 4:
        loop.call_soon(tick, n + 1)


async def child(name):
    for n in range(3):
        print(name, n)
        print(name, "slept", await asyncio.sleep(0, n))


async def main():
    loop.call_soon(tick, 1)
    a = loop.create_task(child("a"))
    b = loop.create_task(child("b"))
    await asyncio.sleep(0)
    print("main", await asyncio.sleep(-1, "negative"))
    await a
    await b


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
