"""The clocks and the loop of a daemon in the hands of a test: clockwork.c, preloaded, does what is asked for here."""

import mmap
import os
import struct

from running import until

WALL, MONOTONIC, HUNG, TURNS = 0, 8, 16, 24  # struct control


class Clockwork:
    """For one daemon: Running(…, clockwork=Clockwork(DIRECTORY))."""

    def __init__(self, directory):
        path = os.path.join(directory, "clockwork")
        with open(path, "w+b") as file:
            file.truncate(mmap.PAGESIZE)
            self.memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        # Nothing of a sanitizer's is hidden: what is put in front of it calls the kernel, not the C library.
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        self.environment = {"CLOCKWORK": path, "LD_PRELOAD": os.environ["SCEPMAND_CLOCKWORK"], "ASAN_OPTIONS": options}

    def get(self, at):
        return struct.unpack_from("q", self.memory, at)[0]

    def put(self, at, value):
        struct.pack_into("q", self.memory, at, value)

    def wait(self, seconds):
        """So much time passes for the daemon."""
        self.put(WALL, self.get(WALL) + int(seconds * 1000))
        self.put(MONOTONIC, self.get(MONOTONIC) + int(seconds * 1000))

    def waited_s(self):
        return self.get(MONOTONIC) / 1000

    def set_wall(self, seconds):
        """Somebody puts the machine's clock forward, or back when SECONDS < 0; no time passes. 0: it is right."""
        self.put(WALL, self.get(MONOTONIC) + int(seconds * 1000))

    def hang(self):
        """The loop stands still when this returns."""
        self.put(TURNS, 0)
        self.put(HUNG, 1)
        self.await_turns(1)

    def await_turns(self, count):
        """A loop that stands still does so for COUNT slices of 5 ms more."""
        wanted = self.get(TURNS) + count
        until(lambda: self.get(TURNS) >= wanted, "the loop stands still")

    def go_on(self):
        self.put(HUNG, 0)
