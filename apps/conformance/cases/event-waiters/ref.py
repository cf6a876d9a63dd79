# proves: HL-041
"""set() wakes the present waiters in order, even if clear() follows at once."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 4:
        loop.call_soon(tick, n + 1)


async def waiter(name):
    print(name, "waits")
    print(name, await event.wait())


async def main():
    print(event.is_set())
    tasks = [loop.create_task(waiter(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    loop.call_soon(tick, 1)
    event.set()
    event.clear()
    print("cleared", event.is_set())
    tasks.append(loop.create_task(waiter("late")))
    await asyncio.wait(tasks[:2])
    print(tasks[2].done())
    event.set()
    await tasks[2]
    print("at once", await event.wait(), event.is_set())


event = asyncio.Event()
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
