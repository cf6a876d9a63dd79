# proves: HL-039
"""A lock is handed on in the order of waiting; a newcomer never overtakes."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def holder(name):
    async with lock:
        print(name, "has it")
        await asyncio.sleep(0)
        print(name, "gives it back")


async def newcomer():
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("newcomer, locked:", lock.locked())
    await holder("newcomer")


async def main():
    loop.call_soon(tick, 1)
    await asyncio.gather(holder("a"), holder("b"), newcomer(), holder("c"))
    print("locked:", lock.locked())
    await lock.acquire()
    print("locked:", lock.locked())
    lock.release()
    try:
        lock.release()
    except RuntimeError as error:
        print(repr(error))
    try:
        async with lock:
            raise ValueError("x")
    except ValueError:
        print("locked:", lock.locked())


lock = asyncio.Lock()
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
