# proves: CB-015 CB-026 CB-030
"""callAt() takes a time of the loop's clock; a timer's handle knows its time."""

import asyncio

from virtual_time import VirtualLoop


def log(name):
    print(round(loop.time() - start), name)


loop = VirtualLoop()
start = loop.time()
at = loop.call_at(loop.time() + 2, log, "at")
later = loop.call_later(1, log, "later")
print(at.when() - start, later.when() - start)
print(isinstance(at, asyncio.TimerHandle), isinstance(at, asyncio.Handle))
loop.call_at(start - 5, log, "in the past")
loop.call_at(start + 3, loop.stop)
loop.run_forever()
later.cancel()
print(at.when() - start, later.when() - start, at.cancelled(), later.cancelled())
loop.close()
