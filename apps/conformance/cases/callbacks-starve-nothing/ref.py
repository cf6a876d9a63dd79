# proves: CB-003
"""A callback that reschedules itself for ever does not keep a timer from running."""

import asyncio

from virtual_time import VirtualLoop


def again():
    global count
    count += 1
    loop._now += 0.25
    loop.call_soon(again)


def timer():
    print("timer behind", count, "callbacks")
    loop.stop()


count = 0
loop = VirtualLoop()
loop.call_later(1, timer)
loop.call_soon(again)
loop.run_forever()
loop.close()
