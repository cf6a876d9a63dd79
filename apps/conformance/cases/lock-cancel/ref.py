# proves: HL-040
"""A waiter that is cancelled, even when it was just chosen, passes the lock on."""

import asyncio


async def waiter(name):
    try:
        async with lock:
            print(name, "has it")
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise


async def main():
    await lock.acquire()
    tasks = [asyncio.create_task(waiter(name)) for name in ("a", "b", "c", "d")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    lock.release()
    tasks[0].cancel()
    await asyncio.wait(tasks)
    print([task.cancelled() for task in tasks], lock.locked())


lock = asyncio.Lock()
asyncio.run(main())
