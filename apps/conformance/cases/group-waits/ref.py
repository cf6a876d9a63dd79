# proves: HL-032
"""A group's block ends when all its tasks have, those that they create included."""

import asyncio

from virtual_time import VirtualLoop


async def child(group, name, delay):
    await asyncio.sleep(delay)
    print(name, "ends")
    if delay == 2:
        group.create_task(child(group, "grandchild", 5))
    return name


async def main():
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(child(group, "first", 3), name="named")
        second = group.create_task(child(group, "second", 2))
        print("body ends")
    print("left at", loop.time(), first.result(), second.result(), first.get_name())
    async with asyncio.TaskGroup():
        print("an empty group")
    print("left at", loop.time())


asyncio.run(main(), loop_factory=VirtualLoop)
