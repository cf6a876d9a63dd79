# proves: ERR-007
"""CancelledError from a plain callback is reported as any other error."""

import asyncio


def handler(loop, context):
    print("handler", repr(context["exception"]))


def fails(error):
    raise error


loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
loop.call_soon(fails, asyncio.CancelledError("x"))
loop.call_soon(fails, ValueError("y"))
loop.call_soon(print, "behind them")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
