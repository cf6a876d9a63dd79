# proves: CB-031
"""Timers are equal if time, callback, arguments and state are."""

import asyncio


def callback(*args):
    pass


loop = asyncio.new_event_loop()
a = loop.call_at(123, callback, 1)
b = loop.call_at(123, callback, 1)
other_args = loop.call_at(123, callback, 2)
later = loop.call_at(124, callback, 1)
print("equal", a == b, a == other_args, a == later)
print("order", a < later, later < a, a < b)
a.cancel()
print("one cancelled", a == b)
b.cancel()
print("both cancelled", a == b)
print("foreign", a == 123)
try:
    a < 123
except TypeError as error:
    print(type(error).__name__)
loop.close()
