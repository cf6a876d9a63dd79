# proves: CTX-014 CTX-017
"""A done callback runs in a copy of the context of its registration, or in the one that is
given."""

import asyncio
import contextvars


def callback(future):
    print("callback", variable.get())
    variable.set("from the callback")


async def main():
    future = loop.create_future()
    variable.set("first registration")
    future.add_done_callback(callback)
    variable.set("second registration")
    future.add_done_callback(callback)
    context = contextvars.Context()
    context.run(variable.set, "given")
    future.add_done_callback(callback, context=context)
    variable.set("main")
    loop.call_soon(future.set_result, None)
    await future
    await asyncio.sleep(0)
    print("awaiting task", variable.get(), context[variable])
    variable.set("finished future")
    future.add_done_callback(callback)
    variable.set("main again")
    await asyncio.sleep(0)
    print("task", variable.get())


variable = contextvars.ContextVar("variable")
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
