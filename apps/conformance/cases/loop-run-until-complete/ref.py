# proves: LOOP-012 LOOP-013 LOOP-016
"""A run gives the outcome of its future, the very error object included."""

import asyncio


async def returns():
    return 7


async def is_cancelled():
    raise asyncio.CancelledError()


loop = asyncio.new_event_loop()
print("coroutine", loop.run_until_complete(returns()))
finished = loop.create_future()
finished.set_result("early")
loop.call_soon(print, "queued before")
print("finished future", loop.run_until_complete(finished))
pending = loop.create_future()
loop.call_soon(pending.set_result, "late")
print("pending future", loop.run_until_complete(pending))
failed = loop.create_future()
boom = ValueError("boom")
loop.call_soon(failed.set_exception, boom)
try:
    loop.run_until_complete(failed)
except ValueError as error:
    print("failed future", error is boom)
try:
    loop.run_until_complete(is_cancelled())
except asyncio.CancelledError as error:
    print("cancelled", repr(error))
loop.close()
