"""Reads sound files through FFmpeg's libraries, which see the file's bytes and nothing else.

Some of FFmpeg's formats are lists of other files or addresses (HLS, concat, SDP, an MP4's
external references). Three walls stand before them: only formats and codecs that hold sound
are let in, no protocol is allowed, and whatever asks for a second file is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn

import av

_FORMATS = (
    "wav,w64,aiff,au,caf,ogg,flac,mp3,aac,loas,amr,amrnb,amrwb,gsm,g722,mov,matroska,asf,xwma,avi,"
    "flv,mpegts,mpeg,ac3,eac3,ape,tta,wv,voc,qcp,ircam,nistsphere,sox"
)
_CODECS = (
    "pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_u16le,pcm_u16be,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,gsm,gsm_ms,g722,g723_1,g726,"
    "g726le,g729,ilbc,truespeech,adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_yamaha,adpcm_swf,"
    "amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,opus,libopus,speex,libspeex,vorbis,libvorbis,"
    "mp1float,mp1,mp2float,mp2,mp3float,mp3,aac,aac_latm,aac_fixed,alac,flac,wmav1,wmav2,wmapro,"
    "wmavoice,ac3,eac3,ape,tta,wavpack,qcelp,evrc"
)
_WALLS = {"format_whitelist": _FORMATS, "codec_whitelist": _CODECS, "protocol_whitelist": "none"}
CODECS = frozenset(_CODECS.split(","))


class SecondFileError(Exception):
    """A file made FFmpeg ask for another file or address."""


@contextmanager
def opened(file: BinaryIO) -> Iterator[av.container.InputContainer]:
    """Opens the container in `file`.

    Raises:
        av.FFmpegError: it is none, or a damaged one.
        SecondFileError: it wants to have another file opened.
    """
    container = av.open(
        _Bytes(file), "r", container_options=_WALLS, io_open=_refuse, metadata_errors="replace"
    )
    with container:
        yield container


class _Bytes:
    """A file without a name; seeking to where no file can go is an error code, no exception."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.tell = file.tell
        self._seek = file.seek

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:  # noqa: ARG001 - PyAV's form
    raise SecondFileError
