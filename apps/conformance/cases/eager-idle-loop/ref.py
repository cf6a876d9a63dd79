# proves: TASK-018
"""On a loop that is not running an eager task starts as any other."""

import asyncio


async def child(name):
    print(name)
    return name


loop = asyncio.new_event_loop()
loop.set_task_factory(asyncio.eager_task_factory)
task = loop.create_task(child("from the factory"))
other = asyncio.Task(child("asked for"), loop=loop, eager_start=True)
print("created", task.done(), other.done())
loop.run_until_complete(other)
print(task.result(), other.result())
loop.close()
