from pipe_meter import prepare  # noqa: F401
