# proves: TASK-016 CTX-015
"""The eager part runs in the task's own copy of the context."""

import asyncio
import contextvars


async def child():
    print("child", variable.get())
    variable.set("child")
    await asyncio.sleep(0)
    print("child", variable.get())


async def main():
    variable.set("main")
    task = asyncio.Task(child(), loop=loop, eager_start=True)
    print("main", variable.get())
    variable.set("changed by main")
    await task
    context = contextvars.copy_context()
    task = asyncio.Task(child(), loop=loop, eager_start=True, context=context)
    print("main", variable.get(), "given", context[variable])
    await task


variable = contextvars.ContextVar("variable")
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
