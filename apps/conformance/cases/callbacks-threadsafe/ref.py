# proves: CB-010
"""callSoonThreadsafe() shares one queue with callSoon()."""

import asyncio


def tick():
    print("tick")
    loop.call_soon_threadsafe(print, "threadsafe from a callback")
    loop.call_soon(print, "soon from a callback")
    loop.call_soon_threadsafe(loop.stop)


loop = asyncio.new_event_loop()
loop.set_debug(True)
loop.call_soon_threadsafe(print, "hello")
loop.call_soon(print, "world")
handle = loop.call_soon_threadsafe(print, "cancelled")
handle.cancel()
loop.call_soon(tick)
loop.run_forever()
loop.close()
