# proves: HL-042
"""notify() wakes waiters in order; each goes on once it holds the lock again."""

import asyncio


async def waiter(name):
    async with condition:
        print(name, "waits")
        print(name, await condition.wait(), condition.locked())
        await asyncio.sleep(0)
        print(name, "leaves")


async def counter():
    async with condition:
        print("predicate", await condition.wait_for(lambda: len(items) >= 2 and items[-1]))


async def main():
    for operation in (condition.notify, condition.notify_all):
        try:
            operation()
        except RuntimeError as error:
            print(repr(error))
    try:
        await condition.wait()
    except RuntimeError as error:
        print(repr(error))
    tasks = [asyncio.create_task(waiter(name)) for name in ("a", "b", "c", "d")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    async with condition:
        condition.notify(2)
        print("notified two")
        await asyncio.sleep(0)
        print("still holding")
    await asyncio.wait(tasks[:2])
    print([task.done() for task in tasks])
    async with condition:
        condition.notify_all()
    await asyncio.wait(tasks)
    task = asyncio.create_task(counter())
    for item in ("x", "y"):
        await asyncio.sleep(0)
        async with condition:
            items.append(item)
            condition.notify()
            print("added", item)
    await task


items = []
condition = asyncio.Condition()
asyncio.run(main())
