# proves: CB-013 CB-017
"""Timers run in the order of their times, whatever the order of scheduling."""

import asyncio

from virtual_time import VirtualLoop


def log(name):
    print(loop.time(), name)


loop = VirtualLoop()
loop.call_later(-1.0, print, "minus one")
loop.call_later(-2.0, print, "minus two")
loop.call_later(3, log, "three")
loop.call_later(0.5, log, "a half")
loop.call_later(1, log, "one")
loop.call_later(4, loop.stop)
loop.call_later(2.25, log, "two and a quarter")
loop.run_forever()
loop.close()
