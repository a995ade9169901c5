"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` into the file `path` in one step: no reader ever sees half of it.

    A file that is there keeps its mode; a link stays a link, its target is written. A
    pipe or a device is written to. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a pipe or a device is not replaced
        return
    import tempfile  # half of a hook's imports, for the few who ask for a file

    path = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes a file that nobody else may read; a new file obeys the umask.
        mask = os.umask(0)
        os.umask(mask)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
