# proves: TASK-008 TASK-010 FUT-031
"""A task factory makes the tasks of createTask(), ensureFuture(), gather(), groups and runs."""

import asyncio


def factory(loop, coro, **options):
    print("factory")
    return asyncio.Task(coro, loop=loop, **options)


async def child(name):
    return name


async def main():
    print(loop.get_task_factory() is factory)
    print(await loop.create_task(child("create_task")))
    print(await asyncio.create_task(child("module's create_task")))
    print(await asyncio.ensure_future(child("ensure_future")))
    print(await asyncio.gather(child("gather"), child("of two")))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(child("group"))
    print(task.result())


loop = asyncio.new_event_loop()
print(loop.get_task_factory())
try:
    loop.set_task_factory(5)
except TypeError as error:
    print(type(error).__name__, loop.get_task_factory())
loop.set_task_factory(factory)
loop.run_until_complete(main())
loop.set_task_factory(None)
print(loop.get_task_factory())
print(loop.run_until_complete(child("default")))
loop.close()
