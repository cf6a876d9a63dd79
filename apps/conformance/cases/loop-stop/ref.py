# proves: LOOP-024 LOOP-025 LOOP-026 LOOP-027
"""stop() ends a run behind the batch that calls it."""

import asyncio


def a():
    print("A")
    loop.call_soon(print, "C")
    loop.stop()
    loop.call_soon(print, "D")


loop = asyncio.new_event_loop()
loop.call_soon(a)
loop.call_soon(print, "B")
print("run 1", loop.run_forever())
loop.call_soon(loop.stop)
print("run 2", loop.run_forever())
loop.stop()
loop.call_soon(print, "queued before a stopped run")
loop.call_soon(lambda: loop.call_soon(print, "queued by it"))
print("run 3", loop.run_forever())
loop.call_soon(loop.stop)
print("run 4", loop.run_forever())
loop.close()
