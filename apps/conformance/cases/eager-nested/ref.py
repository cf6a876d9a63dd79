# proves: TASK-013 TASK-015
"""Eager tasks that create eager tasks run depth first, each as itself."""

import asyncio


async def child(depth):
    name = asyncio.current_task().get_name()
    print("enter", name)
    if depth:
        task = asyncio.Task(child(depth - 1), loop=loop, name=f"{name}.{depth}", eager_start=True)
        print("back in", asyncio.current_task().get_name())
        await task
    await asyncio.sleep(0)
    print("leave", asyncio.current_task().get_name())


async def main():
    await asyncio.Task(child(2), loop=loop, name="root", eager_start=True)
    print("all", len(asyncio.all_tasks()))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
