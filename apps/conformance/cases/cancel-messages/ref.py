# proves: TASK-046 FUT-011
"""A cancellation's message arrives as it was given; None is no message."""

import asyncio


async def child():
    try:
        await loop.create_future()
    except asyncio.CancelledError as error:
        print("thrown", repr(error))
        raise


async def main():
    for message in ("text", 5, None):
        task = loop.create_task(child())
        await asyncio.sleep(0)
        task.cancel(message)
        try:
            await task
        except asyncio.CancelledError as error:
            print("await", repr(error))
        task = loop.create_task(child())
        await asyncio.sleep(0)
        task.cancel(message)
        await asyncio.wait([task])
        try:
            task.result()
        except asyncio.CancelledError as error:
            print("result", repr(error))
        task = loop.create_task(child())
        task.cancel(message)
        await asyncio.wait([task])
        try:
            task.exception()
        except asyncio.CancelledError as error:
            print("exception", repr(error))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
