# proves: CTX-015 CTX-016
"""A task runs in a copy of its creator's context, or in the one that is given, which tasks may
share."""

import asyncio
import contextvars


async def child(name):
    print(name, "starts with", variable.get())
    variable.set("set by " + name)
    await asyncio.sleep(0)
    print(name, "goes on with", variable.get())


async def main():
    variable.set("main")
    first = loop.create_task(child("first"))
    variable.set("changed by main")
    second = loop.create_task(child("second"))
    await first
    await second
    print("main", variable.get())
    context = contextvars.copy_context()
    third = loop.create_task(child("third"), context=context)
    fourth = loop.create_task(child("fourth"), context=context)
    print(third.get_context() is context, fourth.get_context() is context)
    await third
    await fourth
    print("main", variable.get(), "shared", context[variable])
    await child("inline")
    print("main", variable.get())


variable = contextvars.ContextVar("variable")
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
print("outside", variable.get("unset"))
loop.close()
