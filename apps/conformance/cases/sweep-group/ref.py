# proves: HL-032 HL-035 HL-036
"""A task with nested groups, cancelled at each of its iterations."""

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
    async with asyncio.TaskGroup() as outer:
        task = outer.create_task(leaf("a", 4))
        async with asyncio.TaskGroup() as inner:
            inner.create_task(leaf("b", 1))
            await leaf("c", 2)
            log("inner body")
        log("inner left")
        await leaf("d", 1)
    log("outer left")
    return task.result()


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
