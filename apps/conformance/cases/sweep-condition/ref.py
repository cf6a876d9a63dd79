# proves: HL-042 HL-043
"""A task that waits for a condition among others, cancelled at each of its iterations."""

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
    async with condition:
        log(f"{name} waits")
        await condition.wait()
        log(f"{name} notified")
        await asyncio.sleep(0)


async def notifier():
    for _ in range(4):
        await asyncio.sleep(0)
        async with condition:
            log("notify")
            condition.notify()
            await asyncio.sleep(0)


async def work():
    others = [start(other("a")), start(notifier())]
    try:
        async with condition:
            try:
                await condition.wait()
                log("work notified")
            finally:
                log("held" if condition.locked() else "not held")
        await asyncio.sleep(0)
        return "result"
    finally:
        last = start(other("b"))
        await asyncio.wait(others)
        last.cancel()
        await asyncio.wait([last])
        log("b cancelled" if last.cancelled() else "b done")


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


for steps in range(14):
    now = 0
    events = []
    tasks = []
    condition = asyncio.Condition()
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
