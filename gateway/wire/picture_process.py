"""The program that makes a small picture of a document: the only place where one is unpacked.

It is started anew for each picture, with no environment and two pipes, and gives up every right
before it reads a byte: whatever a document does to the libraries that unpack it, this process can
compute, read what is left of the document, and write to whoever asked for it. It imports nothing of
the gateway, and knows no key.
"""

import ctypes
import io
import os
import platform
import resource
import struct
import sys

import pypdfium2
from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin

#: What it may use before the system ends it.
_MEMORY_BYTES, _PROCESSOR_SECONDS = 512 << 20, 5
_QUALITY = 85
#: By machine, how the system names it, and the calls that unpacking takes: memory, the two pipes,
#: locks, the clock, and an end. All others are refused.
_CALLS = {
    # read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn
    # mremap madvise sched_yield sigaltstack exit exit_group futex clock_gettime getrandom
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 25, 28, 24, 131, 60, 231, 202, 228, 318),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 216, 233, 124, 132, 93, 94, 98, 113,
         278),
    ),
}  # fmt: skip
#: What reads the notes of a photograph, and two in one file: later nothing can be imported.
_IMPORTED = MpoImagePlugin, TiffImagePlugin
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_FILTER_MODE = 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050001, 0x7FFF0000  # refused with EPERM


def main(media_type: str, page: int, pixels: int) -> None:
    """Read a document, and write how many pages it has, a line end, and the picture of one; none
    where there is no such page."""
    Image.preinit()
    confine()
    document = sys.stdin.buffer.read()
    if media_type == "PDF":
        pages, picture = _draw_page(document, page, pixels)
    else:
        pages, picture = 1, _scale(document, media_type, pixels) if page == 1 else None
    written = io.BytesIO(b"%d\n" % pages)
    written.seek(0, io.SEEK_END)
    if picture is not None:
        canvas = Image.new("RGB", picture.size, "white")  # which has no notes of the document
        canvas.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
        canvas.save(written, "JPEG", quality=_QUALITY)
    sys.stdout.buffer.write(written.getbuffer())
    sys.stdout.buffer.flush()


def _draw_page(document: bytes, page: int, pixels: int) -> tuple[int, Image.Image | None]:
    with pypdfium2.PdfDocument(document) as opened:
        if page > len(opened):
            return len(opened), None
        drawn = opened[page - 1]
        bitmap = drawn.render(scale=pixels / max(drawn.get_size()), may_draw_forms=False)
        return len(opened), bitmap.to_pil().convert("RGB")


def _scale(document: bytes, media_type: str, pixels: int) -> Image.Image:
    picture = Image.open(io.BytesIO(document), formats=[media_type])
    picture.draft("RGB", (pixels, pixels))  # a large JPEG is unpacked at a fraction of its size
    if picture.mode.startswith("I"):  # sixteen bits for each pixel
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    picture.thumbnail((pixels, pixels))
    return ImageOps.exif_transpose(picture).convert("RGBA")


def confine() -> None:
    """Give up what is not needed to unpack a document. Raises OSError where that cannot be done."""
    machine, calls = _CALLS[platform.machine()]
    os.closerange(2, os.sysconf("SC_OPEN_MAX"))
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
        (resource.RLIMIT_NOFILE, 2),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
    os.nice(10)  # questions go first
    library = ctypes.CDLL(None, use_errno=True)
    # 0: the machine; 4 bytes in: the number of the call.
    steps = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL)]
    steps.append((_LOAD, 0, 0, 0))
    for left, call in zip(reversed(range(len(calls))), calls, strict=True):
        steps.append((_JUMP_IF_EQUAL, left + 1, 0, call))
    steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HP", len(steps), ctypes.addressof(held))
    for option, first, second in (
        (_PR_SET_DUMPABLE, 0, None),
        (_PR_SET_NO_NEW_PRIVS, 1, None),
        (_PR_SET_SECCOMP, _FILTER_MODE, program),
    ):
        if library.prctl(option, first, second, 0, 0):
            raise OSError(ctypes.get_errno(), "this process cannot be confined")


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    except BaseException:  # a text of it could tell of the document
        os._exit(1)
    os._exit(0)
