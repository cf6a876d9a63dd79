# proves: CB-005
"""What a callback returns is ignored."""

import asyncio


def returns():
    print("returns")
    return 42


def returns_future():
    print("returns a future")
    return loop.create_future()


loop = asyncio.new_event_loop()
loop.call_soon(returns)
loop.call_soon(returns_future)
loop.call_soon(print, "not waited for")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
