# proves: TASK-010
"""What the factory throws comes out of the call that creates the task."""

import asyncio


def factory(loop, coro, **options):
    coro.close()
    raise ValueError("no tasks today")


async def child():
    print("never printed")


async def main():
    loop.set_task_factory(factory)
    for create in (loop.create_task, asyncio.ensure_future):
        try:
            create(child())
        except ValueError as error:
            print(repr(error))
    loop.set_task_factory(None)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
