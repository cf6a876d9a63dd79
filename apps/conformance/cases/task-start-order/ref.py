# proves: TASK-001 TASK-020 CB-002
"""Tasks start in the order of their creation, in one queue with callbacks; awaiters go on two
iterations later."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 4:
        loop.call_soon(tick, n + 1)


async def child(name):
    print(name, "steps")
    return name + " result"


async def main():
    loop.call_soon(tick, 1)
    first = loop.create_task(child("first"))
    loop.call_soon(print, "callback between")
    second = loop.create_task(child("second"))
    print("created", first.done(), second.done())
    first.add_done_callback(lambda task: print("done callback", task.result()))
    print("main has", await second)
    print("main has", await first)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
