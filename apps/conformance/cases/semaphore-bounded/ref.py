# proves: HL-045
"""A bounded semaphore is not released above its initial value."""

import asyncio


async def main():
    semaphore = asyncio.BoundedSemaphore(1)
    await semaphore.acquire()
    semaphore.release()
    try:
        semaphore.release()
    except ValueError as error:
        print(repr(error))
    async with semaphore:
        print("locked:", semaphore.locked())
    print("locked:", semaphore.locked())


asyncio.run(main())
