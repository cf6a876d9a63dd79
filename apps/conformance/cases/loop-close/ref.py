# proves: LOOP-033 LOOP-034 LOOP-035 LOOP-036 LOOP-037 CB-009
"""A closed loop drops what was pending and refuses new work."""

import asyncio


async def coroutine():
    print("never printed")


def close_it():
    try:
        loop.close()
    except RuntimeError as error:
        print(repr(error), loop.is_closed(), loop.is_running())


loop = asyncio.new_event_loop()
loop.call_soon(close_it)
loop.call_soon(loop.stop)
loop.run_forever()
loop.call_soon(print, "never printed")
loop.call_later(0, print, "never printed")
print("closed", loop.is_closed())
loop.close()
print("closed", loop.is_closed())
loop.close()
print("closed", loop.is_closed())

work = coroutine()
operations = {
    "run_forever": lambda: loop.run_forever(),
    "run_until_complete": lambda: loop.run_until_complete(work),
    "call_soon": lambda: loop.call_soon(print),
    "call_soon_threadsafe": lambda: loop.call_soon_threadsafe(print),
    "call_later": lambda: loop.call_later(1, print),
    "call_at": lambda: loop.call_at(1, print),
    "create_task": lambda: loop.create_task(work),
}
for name, operation in operations.items():
    try:
        operation()
    except RuntimeError as error:
        print(name, repr(error))
work.close()
print("still answer", loop.is_running(), loop.get_debug(), loop.time() >= 0)
future = loop.create_future()
future.set_result(1)
print("future", future.result())
future = loop.create_future()
future.add_done_callback(print)
try:
    future.set_result(2)
except RuntimeError as error:
    print(repr(error), future.result())
