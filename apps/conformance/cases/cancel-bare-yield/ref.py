# proves: TASK-038
"""At a bare yield the cancellation is thrown in the next step."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 4:
        loop.call_soon(tick, n + 1)


async def child():
    try:
        while True:
            await asyncio.sleep(0)
            print("child")
    except asyncio.CancelledError as error:
        print("thrown", repr(error))
        raise
    finally:
        print("finally")


async def main():
    task = loop.create_task(child())
    await asyncio.sleep(0)
    loop.call_soon(tick, 1)
    await asyncio.sleep(0)
    task.cancel()
    print("cancelled", task.cancelled())
    await asyncio.sleep(0)
    print("cancelled", task.cancelled())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
