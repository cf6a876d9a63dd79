# proves: LOOP-018 LOOP-019 LOOP-029
"""A run that stop() ends leaves its task alive; the next run goes on with it."""

import asyncio


async def slow():
    for n in range(3):
        print("step", n)
        await asyncio.sleep(0)
    return "finished"


async def quick():
    return "in one pass"


loop = asyncio.new_event_loop()
task = loop.create_task(slow())
loop.call_soon(loop.stop)
try:
    loop.run_until_complete(task)
except RuntimeError as error:
    print(repr(error))
print("done", task.done(), "cancelled", task.cancelled())
print(loop.run_until_complete(task))
print(loop.stop())
try:
    print(loop.run_until_complete(quick()))
except RuntimeError as error:
    print(repr(error))
loop.close()
print(loop.stop())
