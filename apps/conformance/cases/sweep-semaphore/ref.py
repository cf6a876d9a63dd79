# proves: HL-044
"""A task that waits for a semaphore among others, cancelled at each of its iterations."""

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


async def other(name, steps):
    async with semaphore:
        log(f"{name} in")
        for _ in range(steps):
            await asyncio.sleep(0)
    log(f"{name} out")


async def work():
    others = [start(other(name, steps)) for name, steps in (("a", 2), ("b", 1))]
    await asyncio.sleep(0)
    try:
        async with semaphore:
            log("work in")
            others.append(start(other("c", 1)))
            await asyncio.sleep(0)
        log("work out")
        return "result"
    finally:
        others.append(start(other("d", 0)))
        await asyncio.wait(others)


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


for steps in range(10):
    now = 0
    events = []
    tasks = []
    semaphore = asyncio.Semaphore(2)
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
