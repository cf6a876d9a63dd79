# proves: TASK-005 TASK-054
"""A task has the name it is given, as a string, or a numbered one."""

import asyncio


async def coroutine():
    return asyncio.current_task().get_name()


async def main():
    loop = asyncio.get_running_loop()
    task = loop.create_task(coroutine(), name="given")
    print(task.get_name(), await task)
    task = loop.create_task(coroutine())
    task.set_name(987654321)
    print(task.get_name() == "987654321", await task)
    first = loop.create_task(coroutine())
    second = loop.create_task(coroutine(), name=None)
    numbers = [int(task.get_name().removeprefix("Task-")) for task in (first, second)]
    print(numbers[1] - numbers[0], await first == first.get_name())
    await second


asyncio.run(main())
