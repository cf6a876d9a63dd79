# proves: HL-030
"""Of nested timeouts the one that fired throws; a cancellation from outside stays one."""

import asyncio

from virtual_time import VirtualLoop


async def nested(outer_delay, inner_delay):
    try:
        async with asyncio.timeout(outer_delay) as outer:
            try:
                async with asyncio.timeout(inner_delay) as inner:
                    await asyncio.sleep(10)
            except (TimeoutError, asyncio.CancelledError) as error:
                print("inner", repr(error), inner.expired())
                raise
    except (TimeoutError, asyncio.CancelledError) as error:
        print("outer", repr(error), outer.expired(), asyncio.current_task().cancelling())
        raise


async def main():
    for delays in ((1, 2), (2, 1)):
        try:
            await nested(*delays)
        except TimeoutError as error:
            print(delays[0], delays[1], repr(error))
    task = asyncio.create_task(nested(5, 6))
    await asyncio.sleep(1)
    task.cancel("from outside")
    try:
        await task
    except asyncio.CancelledError as error:
        print("task", repr(error))
    asyncio.current_task().cancel()
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        print("cancelled before", asyncio.current_task().cancelling())
    try:
        await nested(1, 2)
    except TimeoutError as error:
        print(repr(error))


asyncio.run(main(), loop_factory=VirtualLoop)
