# proves: HL-043
"""A waiter that is cancelled after it was notified passes the notification on, and holds the
lock while it ends."""

import asyncio


async def waiter(name):
    async with condition:
        try:
            await condition.wait()
            print(name, "notified")
        except asyncio.CancelledError as error:
            print(name, repr(error), lock.locked())
            raise


async def main():
    tasks = [asyncio.create_task(waiter(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    async with lock:
        condition.notify()
        tasks[0].cancel("too late")
    await asyncio.wait(tasks)
    print([task.cancelled() for task in tasks], lock.locked())
    task = asyncio.create_task(waiter("c"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await lock.acquire()
    task.cancel("while the lock is held")
    await asyncio.sleep(0)
    print("not yet", task.done())
    lock.release()
    await asyncio.wait([task])
    print(task.cancelled())


lock = asyncio.Lock()
condition = asyncio.Condition(lock)
asyncio.run(main())
