"""Become COMMAND in a process that dies with its parent, as another user if asked.

Run as a script (`python -I -S child.py PARENT SIGNAL USER FOLDER COMMAND…`) instead of a
`preexec_fn`, because Python code between fork and exec may deadlock in a process with threads.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8
SECBIT_NO_SETUID_FIXUP = 1 << 2

libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *arguments: int) -> None:
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *values):
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def permitted_capabilities() -> int:
    with open("/proc/self/status", "rb") as status:  # noqa: PTH123 (pathlib is slow to import)
        line = next(line for line in status if line.startswith(b"CapPrm:"))
    return int(line.split()[1], 16)


def set_capabilities(held: int, inheritable: int) -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)(held, held, inheritable, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "capset")


def keep_only(capability: int) -> None:
    """Carry this one capability through exec, and no other."""
    bit = 1 << capability
    set_capabilities(bit | 1 << CAP_SETPCAP, bit)
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)  # else access() denies what open() allows
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
    set_capabilities(bit, bit)


def become(user: str, *needed: str) -> None:
    """Drop root; a checkout below a closed home folder stays reachable by one capability.

    Python itself may be out of reach afterwards, so nothing must be imported from there on.
    """
    entry, held = pwd.getpwnam(user), permitted_capabilities()
    prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    if all(os.access(path, os.X_OK) for path in needed):
        return
    usable = [each for each in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if held & 1 << each]
    if not usable:
        sys.exit(f"user {user} can't reach {' and '.join(needed)}: move the checkout elsewhere")
    keep_only(usable[0])


def main(parent: str, death_signal: str, user: str, folder: str, *command: str) -> None:
    if user:
        become(user, command[0], folder)
    prctl(PR_SET_PDEATHSIG, int(death_signal))  # after setuid, which would clear it
    if os.getppid() != int(parent):  # the parent died before the line above
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 (there is no shell to want)


if __name__ == "__main__":
    main(*sys.argv[1:])
