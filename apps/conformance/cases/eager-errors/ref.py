# proves: TASK-014
"""An error in the eager part is stored in the task, not thrown at its creator."""

import asyncio


async def fails(suspends):
    print("runs")
    if suspends:
        await asyncio.sleep(0)
    raise ValueError(f"suspends {suspends}")


async def main():
    for suspends in (False, True):
        task = asyncio.Task(fails(suspends), loop=loop, eager_start=True)
        print("created")
        try:
            await task
        except ValueError as error:
            print("caught", repr(error), error is task.exception())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
