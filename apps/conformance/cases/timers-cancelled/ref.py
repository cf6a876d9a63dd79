# proves: CB-025 CB-034
"""Cancelled timers, few or many, disturb neither the live ones nor the waiting."""

import asyncio

from virtual_time import VirtualLoop


def log(n):
    print(round(loop.time() - start), n)


loop = VirtualLoop()
start = loop.time()
loop.call_later(5, log, "never printed").cancel()
handles = [loop.call_later(n, log, n) for n in range(10, 310)]
for n, handle in enumerate(handles):
    if n % 50:
        handle.cancel()
loop.call_later(400, loop.stop)
loop.run_forever()
print(sum(handle.cancelled() for handle in handles))
loop.close()
