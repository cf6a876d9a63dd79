# proves: HL-046
"""A task that waits at a barrier, cancelled at each of its iterations."""

import asyncio


def tick():
    global now
    now += 1
    loop.call_soon(tick)


def log(text):
    events.append(f"{now}:{text}")


def start(coroutine):
    task = asyncio.create_task(coroutine)
    tasks.append(task)
    return task


async def party(name):
    try:
        await barrier.wait()
        log(f"{name} through")
    except asyncio.BrokenBarrierError:
        log(f"{name} broken")


async def work():
    other = start(party("a"))
    try:
        await asyncio.sleep(0)
        await barrier.wait()
        log("through")
        await asyncio.sleep(0)
        return "result"
    finally:
        log(f"waiting {barrier.n_waiting}")
        if not other.done():
            await barrier.abort()
        await other


async def main(steps):
    task = start(work())
    for _ in range(steps):
        await asyncio.sleep(0)
    log("cancel" if task.cancel("now") else "too late")
    try:
        log(await task)
    except asyncio.CancelledError as error:
        log(type(error).__name__)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


for steps in range(8):
    now = 0
    events = []
    tasks = []
    barrier = asyncio.Barrier(3)
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
