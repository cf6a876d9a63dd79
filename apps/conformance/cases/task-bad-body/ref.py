# proves: TASK-003 TASK-007
"""What is no coroutine makes no task, and outside of a run createTask() has no loop."""

import asyncio


async def coroutine():
    print("never printed")


loop = asyncio.new_event_loop()
for value in (5, "text", None, loop.create_future()):
    try:
        loop.create_task(value)
    except TypeError as error:
        print(type(error).__name__)
unused = coroutine()
try:
    asyncio.create_task(unused)
except RuntimeError as error:
    print(repr(error))
unused.close()
loop.close()
