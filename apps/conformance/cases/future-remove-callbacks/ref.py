# proves: FUT-018 FUT-019
"""removeDoneCallback() removes every registration; callbacks may add and remove others."""

import asyncio


def a(future):
    print("a")


def b(future):
    print("b, removes", future.remove_done_callback(c))
    future.add_done_callback(d)


def c(future):
    print("c")


def d(future):
    print("d")


loop = asyncio.new_event_loop()
future = loop.create_future()
for callback in (a, b, a, c, a):
    future.add_done_callback(callback)
print("removed", future.remove_done_callback(a), future.remove_done_callback(a))
print("removed", future.remove_done_callback(d))
future.set_result(None)
print("removed", future.remove_done_callback(b))
loop.call_soon(print, "behind the callbacks")
loop.call_soon(loop.call_soon, loop.stop)
loop.run_forever()
loop.close()
