# proves: CB-021 CB-022
"""Delays of a month work, and one without end never fires."""

import asyncio

from virtual_time import VirtualLoop


def log(name):
    print(round(loop.time() - start), name)


loop = VirtualLoop()
start = loop.time()
endless = loop.call_later(float("inf"), log, "never")
loop.call_later(2_592_000, log, "thirty days")
loop.call_later(86_401, log, "a day and a second")
loop.call_later(3, log, "three seconds")
loop.call_later(2_592_001, loop.stop)
loop.run_forever()
endless.cancel()
print("cancelled", endless.cancelled(), endless.when() == float("inf"))
loop.close()
