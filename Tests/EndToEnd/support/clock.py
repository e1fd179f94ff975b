"""A clock that a test moves: a hub that is started with it lives as many seconds away from the machine's time as its file says.

For what only hours bring about, such as sealing. The machine's own clock, and what the hub measures spans with, stay as they are.
"""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile long *ahead;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *found = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) ahead = found;
}

int clock_gettime(clockid_t which, struct timespec *time) {
    if (!real) begin();
    int result = real(which, time);
    if (ahead && result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) time->tv_sec += *ahead;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec, time->tv_usec = now.tv_nsec / 1000;
    return result;
}
"""


def library(folder):
    """What is put before libc's clock."""
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "neither clang, which comes with Swift, nor cc"
    (folder / "clock.c").write_text(SOURCE)
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", folder / "clock.so", folder / "clock.c", "-ldl"], check=True)
    return folder / "clock.so"


class Clock:
    """The clock of one hub: `hub.settings |= clock.settings` before its start, `clock.move(...)` at any time."""

    def __init__(self, folder, ahead):
        folder = Path(folder)
        self.file = folder / "clock"
        self.file.write_bytes(struct.pack("q", ahead))
        self.settings = {"LD_PRELOAD": str(library(folder)), "TEST_CLOCK": str(self.file)}

    def move(self, ahead):
        """From now on it is that many seconds ahead of the machine's."""
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("q", ahead))
