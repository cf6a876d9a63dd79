# proves: CB-025 CB-026 CB-027 CB-032
"""A cancelled handle does not run, not even in the batch that cancels it."""

import asyncio


def cancel_third():
    print("first cancels third")
    third.cancel()


loop = asyncio.new_event_loop()
first = loop.call_soon(cancel_third)
second = loop.call_soon(print, "second")
third = loop.call_soon(print, "third")
fourth = loop.call_soon(print, "fourth")
print(fourth.cancelled(), fourth.cancel(), fourth.cancelled(), fourth.cancel(), fourth)
timer = loop.call_at(123, print)
timer.cancel()
print(timer)
loop.call_soon(loop.stop)
loop.run_forever()
print(first.cancelled(), second.cancelled(), third.cancelled(), fourth.cancelled())
second.cancel()
print("cancelled afterwards", second.cancelled())
loop.close()
