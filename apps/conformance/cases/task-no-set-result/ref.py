# proves: TASK-002
"""A task is a future whose outcome only its coroutine decides."""

import asyncio


async def coroutine():
    return "its own"


async def main():
    task = asyncio.create_task(coroutine())
    print(isinstance(task, asyncio.Future))
    for operation in (lambda: task.set_result(1), lambda: task.set_exception(ValueError())):
        try:
            operation()
        except RuntimeError as error:
            print(type(error).__name__, task.done())
    print(await task)


asyncio.run(main())
