from spawn_children import spawning


def prepare(loop, megabytes, style):
    run = spawning(loop, True)
    run.held = bytearray(b"\1") * (megabytes << 20)
    return run
