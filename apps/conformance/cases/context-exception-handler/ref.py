# proves: CTX-020 ERR-015
"""The exception handler runs in the context of the handle or task that is concerned."""

import asyncio
import contextvars


def handler(loop, context):
    print("handler", variable.get(), context["message"].split(" ")[0])


def fails():
    variable.set("callback")
    raise ValueError("x")


async def suspended():
    variable.set("task")
    await asyncio.sleep(0)


variable = contextvars.ContextVar("variable")
variable.set("outside")
loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
loop.call_soon(fails)
loop.call_later(0, fails)
task = loop.create_task(suspended())
loop.run_until_complete(task)
loop.call_exception_handler({"message": "task named", "task": task})
loop.call_exception_handler({"message": "future named", "future": task})
loop.call_exception_handler({"message": "plain future named", "future": loop.create_future()})
loop.call_exception_handler({"message": "nothing named"})
loop.close()
