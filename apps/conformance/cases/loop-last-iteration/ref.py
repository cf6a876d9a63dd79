# proves: LOOP-017 TASK-020
"""A run ends in the iteration that calls the done callbacks; what is queued later waits for the
next run."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 5:
        loop.call_soon(tick, n + 1)


async def main():
    print("step")
    loop.call_soon(print, "queued by the last step")
    asyncio.current_task().add_done_callback(lambda task: print("done callback"))
    return "result"


loop = asyncio.new_event_loop()
loop.call_soon(tick, 1)
print(loop.run_until_complete(main()))
print("second run")
loop.run_until_complete(asyncio.sleep(0))
loop.close()
