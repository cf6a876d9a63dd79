# proves: TASK-020 TASK-021 TASK-045
"""However deep coroutines await one another, the task takes no more iterations than its
innermost waits."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 6:
        loop.call_soon(tick, n + 1)


async def inner(n):
    if n == 0:
        print("innermost")
        await asyncio.sleep(0)
        print("innermost again")
        return 1
    result = await inner(n - 1)
    return result + 1


async def parallel(name):
    for n in range(4):
        print(name, n)
        await asyncio.sleep(0)


async def main():
    loop.call_soon(tick, 1)
    other = loop.create_task(parallel("other"))
    print("depth", await inner(5))
    print("depth", await inner(2))
    await other


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
