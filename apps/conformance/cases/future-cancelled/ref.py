# proves: FUT-010 FUT-011 FUT-012
"""A cancelled future throws CancelledError with the message; an error of that class is not a
cancellation."""

import asyncio


def outcome(operation):
    try:
        return operation()
    except asyncio.CancelledError as error:
        return "throws " + repr(error)


loop = asyncio.new_event_loop()
for message in ("why", 5, None):
    future = loop.create_future()
    future.cancel(message)
    print("result", outcome(future.result))
    future = loop.create_future()
    future.cancel(message)
    print("exception", outcome(future.exception))
future = loop.create_future()
future.cancel()
print("no message", outcome(future.result))
future = loop.create_future()
future.set_exception(asyncio.CancelledError("stored"))
print(future.done(), future.cancelled(), repr(future.exception()), outcome(future.result))
loop.close()
