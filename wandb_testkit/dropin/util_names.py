"""Owns those helpers of `wandb.util` that read and make names: URIs, paths, images of Docker, artifacts, times."""

from __future__ import annotations

import base64
import os
import re
import shlex
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any, TextIO
from urllib.parse import urlparse
from urllib.request import url2pathname

from wandb_testkit.sdk.current_login import pages_of

DOCKER_IMAGE_NAME_SEPARATOR = "(?:__|[._]|[-]+)"
LAUNCH_JOB_ARTIFACT_SLOT_NAME = "_wandb_job"

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "M": 30 * 86_400, "y": 365 * 86_400}

_ARTIFACT = "wandb-artifact://"

_HOST = r"(?=[^:/]{1,253})(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*(?::[0-9]{1,5})?/"
_PART = r"(?![._-])[a-z0-9._-]*(?<![._-])"
_TAG = r"(?![.-])[a-zA-Z0-9_.-]{1,128}"
_IMAGE = re.compile(rf"^(?:{_HOST})?({_PART}(?:/{_PART})*)(?::{_TAG})?$")

_FLAGS_WITHOUT_VALUE = frozenset({*"tid", *("it", "itd", "-tty", "-rm", "-privileged", "-oom-kill-disable")}) | {
    *("-no-healthcheck", "-interactive", "-init", "-help", "-detach", "-sig-proxy")
}
"""Without their first dash."""

# ---------------------------------------------------------------------- addresses


def api_to_app_url(api_url: str) -> str:
    """Where the pages of a server are."""
    return pages_of(api_url)


def is_uri(string: str) -> bool:
    """Whether a text has a scheme."""
    return bool(urlparse(string).scheme)


def local_file_uri_to_path(uri: str) -> str:
    """The path of a file: URI; other texts are paths."""
    return url2pathname(urlparse(uri).path if uri.startswith("file:") else uri)


def get_local_path_or_none(path_or_uri: str) -> str | None:
    """The path, None if it is elsewhere."""
    told = urlparse(path_or_uri)
    is_local = not told.scheme or (told.scheme == "file" and not told.netloc)
    return local_file_uri_to_path(path_or_uri) if is_local else None


def parse_sweep_id(parts_dict: MutableMapping[str, Any]) -> str | None:
    """Take "entity/project/id" apart, in place; what is wrong with it, None if nothing is."""
    name = parts_dict.get("name")
    if not isinstance(name, str):
        return "Expected string sweep_id"
    parts = name.split("/")
    if len(parts) > 3:
        return "Expected sweep_id in form of sweep, project/sweep, or entity/project/sweep"  # wandb's own words
    entity, project, sweep_id = [None, None, *parts][-3:]
    parts_dict.update(name=sweep_id, project=project or None, entity=entity or None)
    return None


def parse_artifact_string(v: str) -> tuple[str, str | None, bool]:
    """Path or id of "wandb-artifact://...", the server that it is on, and whether it is an id.

    Raises:
        ValueError: It is none.
    """
    if not v.startswith(_ARTIFACT):
        raise ValueError(f"Invalid artifact string: {v}")
    rest = v.removeprefix(_ARTIFACT)
    told = urlparse(rest)
    base = f"{told.scheme}://{told.netloc}" if told.scheme else None
    parts = told.path.split("/")[1:] if told.scheme else rest.split("/")
    if parts[0] == "_id":
        return parts[1], base, True
    if len(parts) < 3:
        raise ValueError(f"Invalid artifact string: {v}")
    return "/".join(parts[:3]), base, False


def alias_is_version_index(alias: str) -> bool:
    """Whether an alias is "v" and a number."""
    return len(alias) >= 2 and alias[0] == "v" and alias[1:].isnumeric()


# ---------------------------------------------------------------------- paths and programs


def check_windows_valid_filename(path: str) -> bool:
    """Whether Windows has such names."""
    return re.search(r'[<>:"\\?*]', path) is None


def make_file_path_upload_safe(path: str) -> str:
    """A relative path that does not lead out of its directory.

    Raises:
        ValueError: On Windows: it has no such names.
    """
    if os.name == "nt":
        if not check_windows_valid_filename(path):
            raise ValueError(
                rf'Path {path} is invalid. Please remove invalid filename characters (\, :, *, ?, ", <, >, |)'
            )
        path = path.replace("/", os.sep)
    parts = path.lstrip(os.sep).split(os.sep)
    return os.sep.join(part.replace(".", "_") if part in (os.curdir, os.pardir) else part for part in parts)


def find_runner(program: str) -> list[str] | None:
    """The command that runs a file that is not executable, None if that is not known."""
    if not os.path.isfile(program) or os.access(program, os.X_OK):
        return None
    try:
        with open(program) as file:
            first = file.readline().strip()
    except OSError:
        return None
    if first.startswith("#!"):
        return shlex.split(first[2:])
    return [sys.executable] if program.endswith(".py") else None


def auto_project_name(program: str | None) -> str:
    """The name of the git repository and the place in it, "uncategorized" outside of one."""
    from wandb_testkit.world import current

    return current().session.project(program)


def wandb_dir(root_dir: str | None = None) -> str:
    """Where run directories are made."""
    root = root_dir or os.getcwd()
    hidden = os.path.join(root, ".wandb")
    return hidden if os.path.exists(hidden) else os.path.join(root, "wandb")


def get_log_file_path() -> str:
    """The file that the client notes things in."""
    return os.path.join("wandb", "debug-internal.log")


# ---------------------------------------------------------------------- images of Docker


def make_docker_image_name_safe(name: str) -> str:
    """A name that an image may have."""
    safe = re.sub(r"[^a-z0-9._\-]", "__", name.lower())
    safe = re.sub(DOCKER_IMAGE_NAME_SEPARATOR + "{2,}", "__", safe)
    safe = re.sub("^" + DOCKER_IMAGE_NAME_SEPARATOR, "", safe)
    return re.sub(DOCKER_IMAGE_NAME_SEPARATOR + "$", "", safe) or "image"


def docker_image_regex(image: str) -> re.Match[str] | None:
    """A match for what can be the name of an image; its first group is the name without host and tag."""
    return _IMAGE.match(image) if image else None


def image_from_docker_args(args: list[str]) -> str | None:
    """What is probably the image among arguments of `docker run`."""
    if args and args[0] == "run":
        args.pop(0)
    likely = []
    last_flag, last = -2, ""
    for index, arg in enumerate(args):
        if arg.startswith("-"):
            last_flag, last = index, arg
        elif "@sha256:" in arg or (
            docker_image_regex(arg)
            and (
                last_flag == index - 2
                or "=" in last
                or (last.removeprefix("-") in _FLAGS_WITHOUT_VALUE and last_flag == index - 1)
            )
        ):
            likely.append(arg)
    return next((image for image in likely if set(":@/") & set(image)), likely[0] if likely else None)


# ---------------------------------------------------------------------- small things


def time_string_to_seconds(time_str: str) -> int:
    """Seconds of "10s", "5m", "8h", "8d", "6M", "1y".

    Raises:
        ValueError: It is none of these.
    """
    if not time_str:
        return 0
    found = re.match(r"^(\d+)([smhdMy])$", time_str)
    if found is None:
        raise ValueError(
            f"Invalid time period format: {time_str}. Expected format: <number><unit> where unit is s (seconds), "
            "m (minutes), h (hours), d (days), M (months), or y (years)"
        )
    return int(found[1]) * SECONDS[found[2]]


def is_unicode_safe(stream: TextIO) -> bool:
    """Whether a stream takes UTF-8."""
    encoding = getattr(stream, "encoding", None)
    return encoding is not None and encoding.lower() in ("utf-8", "utf_8")


def b64_to_hex_id(id_string: str) -> str:
    """Base64 as hexadecimal digits."""
    return base64.standard_b64decode(str(id_string)).hex()


def hex_to_b64_id(encoded_string: str) -> str:
    """Hexadecimal digits as base64."""
    return base64.standard_b64encode(bytes.fromhex(encoded_string)).decode()


def bytes_to_hex(bytestr: bytes) -> str:
    """Bytes as hexadecimal digits."""
    return bytestr.hex()


def class_colors(class_count: int) -> list[Sequence[float]]:
    """Black, and hues of full colour."""
    from colorsys import hsv_to_rgb

    return [[0, 0, 0], *(hsv_to_rgb(index / (class_count - 1.0), 1.0, 1.0) for index in range(class_count - 1))]


def guess_data_type(shape: Sequence[int], risky: bool = False) -> str | None:
    """What data of a shape are, None if that cannot be told."""
    if len(shape) in (1, 2):
        return "label"
    if risky and len(shape) == 3:
        return "image"
    if len(shape) == 4:
        return "image" if shape[-1] in (1, 3, 4) else "segmentation_mask"
    return None
