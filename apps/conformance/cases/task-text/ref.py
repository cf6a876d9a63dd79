# proves: TASK-056
"""The text form of a task tells its state."""

import asyncio


def state(task):
    return str(task).split(" coro=")[0]


async def child():
    await asyncio.sleep(0)


async def main():
    task = loop.create_task(child(), name="T")
    print(state(task))
    await asyncio.sleep(0)
    task.cancel()
    print(state(task))
    await asyncio.sleep(0)
    print(state(task))
    task = loop.create_task(child(), name="U")
    await task
    print(state(task))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
