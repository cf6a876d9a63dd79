# proves: HL-018 HL-025 HL-039 HL-040
"""Tasks that give up waiting for a lock leave it to the others."""

import asyncio

from virtual_time import VirtualLoop


async def holder(name, duration):
    async with lock:
        print(name, "has it at", round(loop.time() - start, 1))
        await asyncio.sleep(duration)


async def impatient(name):
    try:
        async with asyncio.timeout(1):
            async with lock:
                print("never printed")
    except TimeoutError:
        print(name, "gave up at", round(loop.time() - start, 1))
    try:
        await asyncio.wait_for(lock.acquire(), 1.5)
    except TimeoutError:
        print(name, "gave up at", round(loop.time() - start, 1))
    await asyncio.wait_for(lock.acquire(), 10)
    print(name, "has it at", round(loop.time() - start, 1))
    lock.release()


async def main():
    await asyncio.gather(holder("a", 5), impatient("b"), holder("c", 2))
    print("locked:", lock.locked())


lock = asyncio.Lock()
loop = VirtualLoop()
start = loop.time()
loop.run_until_complete(main())
loop.close()
