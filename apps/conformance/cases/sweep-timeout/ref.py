# proves: HL-025 HL-030 TASK-048
"""A task with a timeout that fires by itself, cancelled at each of its iterations."""

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


async def leaf(name, steps):
    try:
        for n in range(steps):
            log(f"{name}{n}")
            await asyncio.sleep(0)
        return name
    except asyncio.CancelledError as error:
        log(f"{name}!{error}")
        await asyncio.sleep(0)
        raise
    finally:
        log(f"{name}.")


async def work():
    try:
        async with asyncio.timeout(None) as limit:
            await leaf("a", 1)
            limit.reschedule(-1)
            await leaf("b", 3)
    except TimeoutError:
        log(f"timeout {asyncio.current_task().cancelling()}")
    return await leaf("c", 1)


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
    loop = asyncio.new_event_loop()
    loop.call_soon(tick)
    loop.run_until_complete(main(steps))
    loop.close()
    print(steps, *events)
