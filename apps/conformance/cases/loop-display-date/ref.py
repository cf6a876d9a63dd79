# proves: EX-002 CB-024
"""The document's clock: five lines, a second apart."""

import asyncio

from virtual_time import VirtualLoop


def display_date(end_time, loop):
    print(loop.time() - start)
    if (loop.time() + 1.0) < end_time:
        loop.call_later(1, display_date, end_time, loop)
    else:
        loop.stop()


loop = VirtualLoop()
start = loop.time()
end_time = loop.time() + 5.0
loop.call_soon(display_date, end_time, loop)
try:
    loop.run_forever()
finally:
    loop.close()
