# proves: TASK-019 TASK-008
"""createEagerTaskFactory() makes eager tasks of a class of one's own."""

import asyncio


class NamedTask(asyncio.Task):
    def shout(self):
        return self.get_name().upper()


async def child():
    print("child", type(asyncio.current_task()).__name__)
    await asyncio.sleep(0)
    return "result"


async def main():
    factory = asyncio.create_eager_task_factory(NamedTask)
    loop.set_task_factory(factory)
    task = loop.create_task(child(), name="named")
    print("created", task.shout(), loop.get_task_factory() is factory)
    print(await task)
    made_alone = factory(loop, child())
    print("made", isinstance(made_alone, NamedTask))
    print(await made_alone)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
