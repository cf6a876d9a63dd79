# proves: CB-017 CB-019
"""Timers that fall due in one iteration run in the order of their times."""

import asyncio

from virtual_time import VirtualLoop


def timer(name, delay):
    print(name)
    loop.call_later(delay, print, "scheduled by", name)


def busy():
    print("busy")
    loop._now += 10


loop = VirtualLoop()
loop.call_later(3, timer, "three", -3)
loop.call_later(1, timer, "one", -1)
loop.call_later(2, timer, "two", -2)
loop.call_soon(busy)
loop.call_soon(print, "behind busy")
loop.call_later(20, loop.stop)
loop.run_forever()
loop.close()
