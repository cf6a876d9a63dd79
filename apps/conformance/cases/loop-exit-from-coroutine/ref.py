# proves: LOOP-021 TASK-025
"""KeyboardInterrupt in a coroutine ends the run, is stored in the task, and is not reported."""

import asyncio


async def interrupted():
    print("started")
    await asyncio.sleep(0)
    raise KeyboardInterrupt()


async def bystander():
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print("bystander went on")
    finally:
        print("bystander ended")


loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda loop, context: print("handler", context["message"]))
try:
    loop.run_until_complete(interrupted())
except KeyboardInterrupt as error:
    print("first", repr(error))
task = loop.create_task(interrupted())
other = loop.create_task(bystander())
try:
    loop.run_until_complete(other)
except KeyboardInterrupt as error:
    print("second", repr(error), error is task.exception())
print("bystander done", other.done())
loop.run_until_complete(other)
loop.close()
