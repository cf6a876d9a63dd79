# proves: HL-005
"""What a leftover task throws is reported, and does not change the outcome of the run."""

import asyncio


async def leftover():
    try:
        await asyncio.sleep(1000)
    finally:
        raise ValueError("on the way out")


async def main():
    global task
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        lambda loop, context: print(
            context["message"], repr(context["exception"]), context["task"] is task
        )
    )
    task = asyncio.create_task(leftover())
    await asyncio.sleep(0)
    return "result"


print(asyncio.run(main()))
