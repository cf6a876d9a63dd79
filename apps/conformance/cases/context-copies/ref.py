# proves: CTX-006 CTX-007 CTX-008
"""A copy is a snapshot; what runs in a context leaves its sets there."""

import asyncio
import contextvars


def change(value):
    print("inside", variable.get("unset"))
    variable.set(value)
    return "returned " + value


def fail():
    variable.set("before the error")
    raise ValueError("x")


variable = contextvars.ContextVar("variable")
shared = contextvars.ContextVar("shared")
items = []
shared.set(items)
variable.set("outside")
copy = contextvars.copy_context()
variable.set("changed outside")
print(copy.run(change, "in the copy"))
print(copy[variable], variable.get())
copy.run(lambda: shared.get().append(1))
print(shared.get(), copy.copy()[shared] is items)
empty = contextvars.Context()
print(empty.run(change, "in an empty one"))
try:
    empty.run(fail)
except ValueError as error:
    print(repr(error), empty[variable], variable.get())
copy_of_it = empty.copy()
copy_of_it.run(change, "in the copy of it")
print(empty[variable], copy_of_it[variable])
