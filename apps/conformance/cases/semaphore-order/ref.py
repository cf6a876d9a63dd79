# proves: HL-044
"""A semaphore lets n in, and the others in their order, however the permits come back."""

import asyncio


async def worker(name):
    async with semaphore:
        print(name, "enters")
        await asyncio.sleep(0)
        print(name, "leaves")


async def taker(name):
    await semaphore.acquire()
    print(name, "took one")


async def main():
    try:
        asyncio.Semaphore(-1)
    except ValueError as error:
        print(type(error).__name__)
    await asyncio.gather(*(worker(name) for name in "abcde"))
    print("locked:", semaphore.locked())
    await semaphore.acquire()
    await semaphore.acquire()
    print("locked:", semaphore.locked())
    tasks = [asyncio.create_task(taker(name)) for name in ("f", "g", "h")]
    await asyncio.sleep(0)
    semaphore.release()
    semaphore.release()
    print("released two, locked:", semaphore.locked())
    tasks.append(asyncio.create_task(taker("newcomer")))
    await asyncio.wait(tasks[:2])
    print([task.done() for task in tasks])
    semaphore.release()
    tasks[2].cancel()
    await asyncio.wait(tasks)
    print([task.cancelled() for task in tasks])
    for _ in range(5):
        semaphore.release()
    for _ in range(5):
        await semaphore.acquire()
    print("above n, locked:", semaphore.locked())


semaphore = asyncio.Semaphore(2)
asyncio.run(main())
