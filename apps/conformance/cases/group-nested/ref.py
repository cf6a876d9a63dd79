# proves: HL-036
"""An inner group's failure reaches the outer one as a group; one of the outer stays flat."""

import asyncio

from virtual_time import VirtualLoop


def shape(error):
    if isinstance(error, ExceptionGroup):
        return [shape(inner) for inner in error.exceptions]
    return str(error)


async def child(name, delay):
    await asyncio.sleep(delay)
    raise ValueError(name)


async def nested(inner_delay, outer_delay):
    level = asyncio.current_task().cancelling()
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(child("outer", outer_delay))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(child("inner", inner_delay))
                await asyncio.sleep(10)
    except ExceptionGroup as error:
        print(shape(error), asyncio.current_task().cancelling() - level)
    await asyncio.sleep(1)
    print("went on")


async def main():
    await nested(1, 2)
    await nested(2, 1)


asyncio.run(main(), loop_factory=VirtualLoop)
