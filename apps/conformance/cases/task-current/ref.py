# proves: TASK-051 LOOP-001
"""currentTask() is right in each step of tasks that interleave, and None in a callback."""

import asyncio


async def child(name):
    task = asyncio.current_task()
    print(name, task.get_name())
    for _ in range(2):
        await asyncio.sleep(0)
        print(name, asyncio.current_task() is task, asyncio.current_task().get_name())
    await nested(name)


async def nested(name):
    print(name, "nested", asyncio.current_task().get_name())


def callback():
    print("callback", asyncio.current_task())


async def main():
    loop.call_soon(callback)
    a = loop.create_task(child("a"), name="A")
    b = loop.create_task(child("b"), name="B")
    print("main", asyncio.current_task() is asyncio.current_task(loop))
    await a
    await b
    print("idle loop", asyncio.current_task(other))


loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
loop.run_until_complete(main())
try:
    asyncio.current_task()
except RuntimeError as error:
    print(repr(error))
loop.close()
other.close()
