# proves: HL-010 HL-014 TASK-043
"""A task that gathers others, cancelled at each of its iterations."""

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
    result = await asyncio.gather(leaf("a", 1), leaf("b", 3), leaf("c", 2))
    return "".join(result)


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
