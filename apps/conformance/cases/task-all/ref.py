# proves: TASK-052
"""allTasks() holds the unfinished tasks of one loop."""

import asyncio


def names(tasks):
    return sorted(task.get_name() for task in tasks)


async def child(steps):
    for _ in range(steps):
        await asyncio.sleep(0)


async def main():
    asyncio.current_task().set_name("main")
    first = loop.create_task(child(0), name="first")
    second = loop.create_task(child(2), name="second")
    print(names(asyncio.all_tasks()))
    await first
    print(names(asyncio.all_tasks()))
    await second
    print(names(asyncio.all_tasks(loop)), names(asyncio.all_tasks(other)))


loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
foreign = other.create_task(child(1), name="foreign")
loop.run_until_complete(main())
print(names(asyncio.all_tasks(loop)), names(asyncio.all_tasks(other)))
try:
    asyncio.all_tasks()
except RuntimeError as error:
    print(repr(error))
other.run_until_complete(foreign)
print(names(asyncio.all_tasks(other)))
loop.close()
other.close()
