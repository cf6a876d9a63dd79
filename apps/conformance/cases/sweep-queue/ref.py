# proves: HL-049 HL-051
"""A task that puts and gets among others, cancelled at each of its iterations."""

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


async def producer():
    for item in range(4):
        await queue.put(item)
        log(f"put{item}")


async def consumer():
    for _ in range(2):
        log(f"other got{await queue.get()}")
        await asyncio.sleep(0)


async def work():
    others = [start(producer()), start(consumer())]
    try:
        for _ in range(2):
            log(f"got{await queue.get()}")
        await queue.put("last")
        return "result"
    finally:
        await asyncio.wait(others, timeout=0)
        for task in others:
            task.cancel()
        await asyncio.wait(others)
        log(f"left{queue.qsize()}")


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
    queue = asyncio.Queue(1)
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
