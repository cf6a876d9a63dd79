# proves: CB-029 CTX-013
"""A handle tells the context that its callback runs in: the very object that was given."""

import asyncio
import contextvars


def report():
    print("callback", variable.get("unset"))
    variable.set("from the callback")


variable = contextvars.ContextVar("variable")
loop = asyncio.new_event_loop()
context = contextvars.Context()
context.run(variable.set, "in the context")
given = loop.call_soon(report, context=context)
variable.set("outside")
copied = loop.call_later(0, report)
print(given.get_context() is context, copied.get_context() is context)
print(given.get_context()[variable], copied.get_context()[variable])
loop.call_soon(report, context=context)
loop.call_later(0, loop.stop)
loop.run_forever()
print(context[variable], variable.get())
loop.close()
