# proves: HL-039 HL-040
"""A task that waits for a lock among others, cancelled at each of its iterations."""

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


async def other(name):
    async with lock:
        log(f"{name} has it")
        await asyncio.sleep(0)
        log(f"{name} leaves")


async def work():
    first = start(other("a"))
    await asyncio.sleep(0)
    last = None
    try:
        async with lock:
            log("work has it")
            last = start(other("b"))
            await asyncio.sleep(0)
            log("work leaves")
        return await other("work again") or "result"
    finally:
        last = last or start(other("c"))
        await asyncio.wait([first, last])
        log("free" if not lock.locked() else "held")


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


for steps in range(12):
    now = 0
    events = []
    tasks = []
    lock = asyncio.Lock()
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
