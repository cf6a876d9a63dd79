# proves: CTX-012 CTX-013
"""A callback runs in a copy of the context that was current when it was scheduled."""

import asyncio
import contextvars

from virtual_time import VirtualLoop


def callback(name):
    print(name, variable.get())
    variable.set("set by " + name)


variable = contextvars.ContextVar("variable")
variable.set("at scheduling")
loop = VirtualLoop()
loop.call_soon(callback, "soon")
loop.call_soon_threadsafe(callback, "threadsafe")
loop.call_later(0, callback, "later")
loop.call_at(loop.time() + 1, callback, "at")
context = contextvars.copy_context()
loop.call_soon(callback, "given 1", context=context)
loop.call_later(2, callback, "given 2", context=context)
loop.call_at(loop.time() + 3, callback, "given 3", context=context)
variable.set("after scheduling")
loop.call_later(4, loop.stop)
loop.run_forever()
print(variable.get(), context[variable])
loop.close()
