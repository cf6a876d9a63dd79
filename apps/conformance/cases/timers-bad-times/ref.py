# proves: CB-014
"""A time that is no number is refused."""

import asyncio

loop = asyncio.new_event_loop()
for schedule, time in ((loop.call_later, None), (loop.call_at, None), (loop.call_later, "1")):
    try:
        schedule(time, print)
    except TypeError as error:
        print(type(error).__name__)
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
