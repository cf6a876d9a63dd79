# proves: HL-033 HL-036
"""The first child that fails cancels the others and the body; all errors come out together."""

import asyncio

from virtual_time import VirtualLoop


async def child(name, delay, fails_in_cleanup=False):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        log.append(name + " cancelled")
        if fails_in_cleanup:
            raise ValueError(name)
        raise
    raise ValueError(name)


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("first", 1))
            group.create_task(child("second", 5, fails_in_cleanup=True))
            group.create_task(child("third", 5))
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as error:
                print("body", repr(error), asyncio.current_task().cancelling())
                raise
    except ExceptionGroup as error:
        print(error.message, sorted(repr(e) for e in error.exceptions))
    print(sorted(log), asyncio.current_task().cancelling())
    await asyncio.sleep(1)
    print("undisturbed")


log = []
asyncio.run(main(), loop_factory=VirtualLoop)
