from spawn_children import spawning


def prepare(loop, pipes, style):
    return spawning(loop, pipes > 0)
