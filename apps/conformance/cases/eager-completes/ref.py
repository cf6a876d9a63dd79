# proves: TASK-011 TASK-013
"""An eager task runs inside createTask(); if it never suspends, it is done on return."""

import asyncio


async def child(name):
    print(name, "runs")
    return name + " result"


async def main():
    loop.set_task_factory(asyncio.eager_task_factory)
    loop.call_soon(print, "callback queued before")
    task = loop.create_task(child("first"))
    print("created", task.done())
    task.add_done_callback(lambda task: print("done callback", task.result()))
    print("not called yet")
    print(await task)
    print(await loop.create_task(child("second")))
    await asyncio.sleep(0)
    print("main ends")


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
