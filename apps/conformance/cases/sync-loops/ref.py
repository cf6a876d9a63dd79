# proves: HL-048
"""What has waited in one loop cannot wait in another; the text forms tell the state."""

import asyncio


def state(value):
    return str(value).partition("[")[2].removesuffix(">")


async def locks():
    await lock.acquire()
    waiter = asyncio.create_task(lock.acquire())
    await asyncio.sleep(0)
    lock.release()
    await waiter


async def again():
    try:
        await lock.acquire()
    except RuntimeError as error:
        print(type(error).__name__, str(error).endswith("is bound to a different event loop"))


lock = asyncio.Lock()
print(state(lock), state(asyncio.Event()), state(asyncio.Semaphore(1)), state(asyncio.Barrier(2)))
asyncio.run(locks())
print(state(lock))
asyncio.run(again())
event = asyncio.Event()
event.set()
print(state(event))
