# proves: CTX-009
"""A context cannot be entered twice at a time; different ones nest."""

import asyncio
import contextvars


def enter_again():
    try:
        outer.run(print, "never printed")
    except RuntimeError as error:
        print(type(error).__name__)
    inner.run(nested)


def nested():
    print("nested", variable.get("unset"))
    variable.set("inner")
    try:
        outer.run(print, "never printed")
    except RuntimeError as error:
        print(type(error).__name__)


variable = contextvars.ContextVar("variable")
outer = contextvars.Context()
inner = contextvars.Context()
outer.run(variable.set, "outer")
outer.run(enter_again)
outer.run(lambda: print("again", variable.get()))
print(inner[variable])
