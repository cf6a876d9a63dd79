# proves: HL-012
"""With returnExceptions errors and cancellations are results like others."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay, error=None):
    await asyncio.sleep(delay)
    if error:
        raise error
    return name


async def main():
    cancelled = asyncio.create_task(child("cancelled", 1000))
    asyncio.get_running_loop().call_later(1, cancelled.cancel, "why")
    results = await asyncio.gather(
        child("a", 3),
        child("b", 2, ValueError("b")),
        cancelled,
        child("c", 1, asyncio.CancelledError("c")),
        return_exceptions=True,
    )
    for result in results:
        print(type(result).__name__ if isinstance(result, BaseException) else result)


asyncio.run(main(), loop_factory=VirtualLoop)
