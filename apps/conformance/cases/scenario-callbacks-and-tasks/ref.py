# proves: CB-002 FUT-015 TASK-020 TASK-022
"""Callbacks, timers, futures and tasks interleave in one order."""

import asyncio

from virtual_time import VirtualLoop


def tick(n):
    print("tick", n)
    if n == 2:
        loop.call_later(0, print, "timer of tick 2")
        future.set_result("from tick 2")
        loop.create_task(child("late", 1))
    if n < 7:
        loop.call_soon(tick, n + 1)


async def child(name, steps):
    print(name, "begins")
    for n in range(steps):
        loop.call_soon(print, name, "callback", n)
        await asyncio.sleep(0)
        print(name, "step", n)


async def waiter():
    print("waiter", await future)
    await child("waiter's child", 1)
    return "waiter's result"


async def main():
    future.add_done_callback(lambda future: print("done callback", future.result()))
    loop.call_soon(tick, 1)
    tasks = [loop.create_task(waiter()), loop.create_task(child("first", 2))]
    tasks[0].add_done_callback(lambda task: print("done callback", task.result()))
    loop.call_later(0, print, "timer of main")
    await tasks[0]
    print("main")
    await tasks[1]


loop = VirtualLoop()
future = loop.create_future()
loop.run_until_complete(main())
loop.close()
