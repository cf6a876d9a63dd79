# proves: HL-004 LOOP-041
"""When main has ended, run() cancels what is left, waits for it, then closes async generators
and the loop."""

import asyncio

from virtual_time import VirtualLoop


async def counter():
    try:
        yield 1
        yield 2
    finally:
        await asyncio.sleep(0)
        print("generator closed, loop closed:", loop.is_closed())


async def leftover(name):
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError as error:
        print(name, repr(error))
        await asyncio.sleep(1)
        print(name, "cleaned up")
        raise


async def main():
    global loop
    loop = asyncio.get_running_loop()
    tasks.append(asyncio.create_task(leftover("leftover")))
    generators.append(counter())
    print("generated", await anext(generators[0]))
    print("main ends")
    return "result"


tasks = []
generators = []
print(asyncio.run(main(), loop_factory=VirtualLoop))
print(loop.is_closed(), [task.cancelled() for task in tasks])
