# proves: FUT-015 FUT-016 FUT-017
"""Done callbacks run in order, in the iteration behind the one that finishes the future."""

import asyncio


def tick(n):
    print("tick", n)
    if n == 1:
        future.set_result("x")
        print("set")
    if n == 2:
        future.add_done_callback(log("late"))
        print("added")
    if n < 4:
        loop.call_soon(tick, n + 1)
    else:
        loop.stop()


def log(name):
    return lambda future: print(name, future.cancelled() or future.exception() or future.result())


loop = asyncio.new_event_loop()
future = loop.create_future()
twice = log("twice")
for callback in (log("first"), twice, twice, log("last")):
    future.add_done_callback(callback)
failed = loop.create_future()
failed.add_done_callback(log("failed"))
cancelled = loop.create_future()
cancelled.add_done_callback(log("cancelled"))
failed.set_exception(ValueError("boom"))
cancelled.cancel()
loop.call_soon(tick, 1)
print("running")
loop.run_forever()
loop.close()
