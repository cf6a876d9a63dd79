# proves: DBG-010
"""Debug mode changes neither results nor their order."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def child(n):
    print("child", n)
    await asyncio.sleep(0)
    print("child again", n)
    return n * 10


async def main():
    loop.call_soon(tick, 1)
    tasks = [loop.create_task(child(n)) for n in range(3)]
    for task in tasks:
        print("result", await task)


for debug in (False, True):
    loop = asyncio.new_event_loop()
    loop.set_debug(debug)
    loop.run_until_complete(main())
    loop.close()
