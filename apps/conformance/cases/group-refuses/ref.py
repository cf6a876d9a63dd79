# proves: HL-038
"""A group that has ended, or is being aborted, takes no more tasks."""

import asyncio

from virtual_time import VirtualLoop


async def child():
    print("never printed")


async def waits():
    await asyncio.sleep(10)


def attempt(group):
    coroutine = child()
    try:
        group.create_task(coroutine)
    except RuntimeError as error:
        print(str(error).split("> ")[1])


async def main():
    group = asyncio.TaskGroup()
    attempt(group)
    async with group:
        pass
    attempt(group)
    try:
        async with group:
            print("never printed")
    except RuntimeError as error:
        print(str(error).split("> ")[1])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(waits())
            await asyncio.sleep(1)
            try:
                group.create_task(fails())
                await asyncio.sleep(10)
            finally:
                attempt(group)
    except ExceptionGroup as error:
        print([repr(e) for e in error.exceptions])


async def fails():
    raise ValueError("x")


asyncio.run(main(), loop_factory=VirtualLoop)
