"""Serves the library on a free port of this machine, for tests that need a whole process. Prints the port."""

import socket
import sys

from portal.web.observe import Observer
from portal.web.server.serve import ServeOptions, serve
from tests.web.library import a_library

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    observer = Observer(sys.stderr.buffer)
    app, _ = a_library(observer)
    serve(app, observer, ServeOptions(drain_delay_seconds=0.5, finish_seconds=2), listener)
