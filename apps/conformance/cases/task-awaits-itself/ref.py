# proves: TASK-027
"""A task that awaits itself gets a RuntimeError at that await, an iteration later."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 3:
        loop.call_soon(tick, n + 1)


async def selfish():
    loop.call_soon(tick, 1)
    try:
        await asyncio.current_task()
    except RuntimeError as error:
        print(str(error).split(":")[0])
    await asyncio.sleep(0)
    return "caught it"


loop = asyncio.new_event_loop()
print(loop.run_until_complete(selfish()))
loop.close()
