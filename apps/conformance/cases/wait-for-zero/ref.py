# proves: HL-019
"""Without time waitFor() gives what is finished, starts nothing, and cancels what runs."""

import asyncio

from virtual_time import VirtualLoop


async def child():
    print("child starts")
    await asyncio.sleep(10)
    return "child"


async def main():
    finished = asyncio.get_running_loop().create_future()
    finished.set_result("finished")
    print(await asyncio.wait_for(finished, 0))
    print(await asyncio.wait_for(finished, -1))
    try:
        await asyncio.wait_for(child(), 0)
    except TimeoutError as error:
        print(repr(error))
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    try:
        await asyncio.wait_for(task, -1)
    except TimeoutError as error:
        print(repr(error), task.cancelled())
    inner = asyncio.create_task(child())
    outer = asyncio.create_task(asyncio.wait_for(inner, 5))
    await asyncio.sleep(1)
    outer.cancel("from outside")
    try:
        await outer
    except asyncio.CancelledError as error:
        print(repr(error), inner.cancelled())


asyncio.run(main(), loop_factory=VirtualLoop)
