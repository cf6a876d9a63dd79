# proves: HL-008
"""The runs of one Runner share a context, unless one is given."""

import asyncio
import contextvars


async def main(value):
    old = variable.get()
    variable.set(value)
    await asyncio.sleep(0)
    return [old, variable.get()]


variable = contextvars.ContextVar("variable", default="default")
variable.set("outside")
with asyncio.Runner() as runner:
    print(runner.run(main("first")))
    print(runner.run(main("second")))
    given = contextvars.Context()
    print(runner.run(main("given"), context=given))
    print(runner.run(main("third")), given[variable])
print(variable.get())
