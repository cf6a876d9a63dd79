# proves: HL-016
"""When its time is over wait() just returns; cancelled, it leaves the children alone."""

import asyncio

from virtual_time import VirtualLoop


async def child():
    try:
        await asyncio.sleep(10)
        return "child"
    except asyncio.CancelledError:
        print("never printed")
        raise


async def main():
    task = asyncio.create_task(child())
    for seconds in (1, 0):
        done, pending = await asyncio.wait([task], timeout=seconds)
        print(len(done), len(pending), pending == {task})
    waiter = asyncio.create_task(asyncio.wait([task]))
    await asyncio.sleep(1)
    waiter.cancel()
    await asyncio.wait([waiter])
    print(waiter.cancelled(), task.done())
    print(await task)
    done, pending = await asyncio.wait({task}, timeout=1)
    print(len(done), len(pending))


asyncio.run(main(), loop_factory=VirtualLoop)
