# proves: TASK-011 TASK-015
"""An eager task is the current one up to its first wait, then its creator is again."""

import asyncio


def names():
    return sorted(task.get_name() for task in asyncio.all_tasks())


async def child(name):
    print(name, "is", asyncio.current_task().get_name(), "among", names())
    await asyncio.sleep(0)
    print(name, "goes on as", asyncio.current_task().get_name())
    return name


async def main():
    asyncio.current_task().set_name("main")
    loop.call_soon(print, "callback queued before")
    task = asyncio.Task(child("a"), loop=loop, name="A", eager_start=True)
    print("creator is", asyncio.current_task().get_name(), "among", names(), task.done())
    loop.call_soon(print, "callback queued behind")
    other = asyncio.Task(child("b"), loop=loop, name="B", eager_start=True)
    lazy = loop.create_task(child("c"), name="C")
    print(await other, await task, await lazy)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
