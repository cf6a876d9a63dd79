# proves: CTX-004
"""reset() restores what was before, once, for its own variable and context only."""

import asyncio
import contextvars

variable = contextvars.ContextVar("variable")
other = contextvars.ContextVar("other")
first = variable.set(1)
second = variable.set(2)
variable.reset(second)
print(variable.get())
variable.reset(first)
print(variable.get("unset"))
token = variable.set(3)
elsewhere = contextvars.copy_context().run(variable.set, 4)
for name, reset in {
    "used": lambda: variable.reset(first),
    "of another variable": lambda: other.reset(token),
    "of another context": lambda: variable.reset(elsewhere),
}.items():
    try:
        reset()
    except (RuntimeError, ValueError) as error:
        print(name, type(error).__name__)
print(variable.get(), other.get("unset"))
