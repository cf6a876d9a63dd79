# proves: CB-001 CB-002 CB-003
"""Callbacks run once each, in order, one iteration behind the one that schedules them."""

import asyncio


def log(name, *args):
    print(name, *args)


def first():
    print("first")
    loop.call_soon(log, "scheduled by first")
    loop.call_soon(loop.stop)


loop = asyncio.new_event_loop()
handle = loop.call_soon(first)
print("a handle", handle.cancelled())
loop.call_soon(log, "with arguments", 1, "two", None)
same = loop.call_soon(log, "twice")
print("another handle", loop.call_soon(log, "twice") is same)
print("nothing has run")
loop.run_forever()
loop.close()
