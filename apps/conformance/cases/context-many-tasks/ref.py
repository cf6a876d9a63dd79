# proves: CTX-018
"""A hundred tasks that set the same variable never see one another's values."""

import asyncio
import contextvars

from virtual_time import VirtualLoop


async def child(n):
    for step in range(5):
        variable.set([n, step])
        await asyncio.sleep(n % 7 * 0.01)
        if variable.get() != [n, step]:
            print("mixed up", n, step, variable.get())
    return n


async def main():
    children = [loop.create_task(child(n)) for n in range(100)]
    total = 0
    for task in children:
        total += await task
    print("sum", total, "main", variable.get())


variable = contextvars.ContextVar("variable", default="default")
loop = VirtualLoop()
loop.run_until_complete(main())
print("outside", variable.get())
loop.close()
