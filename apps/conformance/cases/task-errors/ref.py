# proves: TASK-024 ERR-006
"""An error ends its task alone; each awaiter gets the same object."""

import asyncio


async def fails():
    await asyncio.sleep(0)
    raise boom


async def awaiter(name):
    for _ in range(2):
        try:
            await task
        except ValueError as error:
            print(name, error is boom)


async def main():
    global task
    task = loop.create_task(fails())
    awaiters = [loop.create_task(awaiter(name)) for name in ("a", "b")]
    for other in awaiters:
        await other
    print(task.done(), task.cancelled(), task.exception() is boom)


boom = ValueError("boom")
loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda loop, context: print("never printed"))
loop.run_until_complete(main())
loop.close()
