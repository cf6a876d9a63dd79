# proves: CTX-010
"""A context is a read-only mapping in which defaults do not count."""

import asyncio
import contextvars

first = contextvars.ContextVar("first")
second = contextvars.ContextVar("second", default="default")
context = contextvars.Context()
print(len(context), first in context, second in context)
context.run(first.set, 1)
print(len(context), first in context, second in context)
print(context[first], context.get(first), context.get(second), context.get(second, "fallback"))
context.run(second.set, 2)
print(sorted(variable.name for variable in context), sorted(map(str, context.values())))
print(sorted(f"{variable.name}={value}" for variable, value in context.items()))
try:
    contextvars.Context()[first]
except KeyError as error:
    print(type(error).__name__)
for lookup in (context.get, context.__contains__, context.__getitem__):
    try:
        lookup("first")
    except TypeError as error:
        print(type(error).__name__)
