"""Runs a program in a pseudo-terminal: its output goes to standard output, and standard input is what somebody types.

    python3 terminal.py COLUMNS PROGRAM ARGUMENT...
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, program, *arguments = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(program, [program, *arguments])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
sources = [terminal, 0]
while terminal in sources:
    ready, _, _ = select.select(sources, [], [])
    for source in ready:
        try:
            data = os.read(source, 65536)
        except OSError:
            # Linux fails to read from a terminal whose program has ended.
            data = b""
        if not data:
            sources.remove(source)
        elif source == terminal:
            os.write(1, data)
        else:
            os.write(terminal, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
