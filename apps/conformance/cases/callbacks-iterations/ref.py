# proves: CB-003 CB-004 CB-018 CB-019
"""Due timers run behind the callbacks of their iteration, and what they schedule in the next
one."""

import asyncio

from virtual_time import VirtualLoop


def tick(n):
    print("tick", n)
    if n == 4:
        loop.stop()
    else:
        loop.call_soon(tick, n + 1)


def timer(n):
    print("timer", n)
    if n < 3:
        loop.call_later(0, timer, n + 1)
        loop.call_soon(print, "scheduled by timer", n)


loop = VirtualLoop()
loop.call_later(0, timer, 1)
loop.call_soon(tick, 1)
loop.call_later(-1, print, "overdue timer")
loop.call_soon(print, "behind the tick")
loop.run_forever()
loop.close()
