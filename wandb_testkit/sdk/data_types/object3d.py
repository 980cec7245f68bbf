"""Owns Object3D and box3d(): point clouds and models as files. Source: observed with 0.31.0."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.libraries import is_numpy_array, needed
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

CLOUD = "lidar/beta"
COLUMNS = (3, 4, 6)
WRONG_SHAPE = (
    "The shape of the numpy array must be one of either [[x y z], ...] nx3, [x y z c], ...] nx4 where c is a category "
    "with supported range [1, 14], or [x y z r g b], ...] nx6 where rgb is color; it is {}"
)


class Object3D(BatchableMedia):
    """A point cloud or a model.

    Args:
        data_or_path: An array of points (3 coordinates; and a category, or 3 colours), a dict of type "lidar/beta" with
            "points", "boxes" and "vectors", a path, or an open file.
        kwargs: `file_type`, which an open file without a name needs.
    Raises:
        ValueError: It is none of these.
    """

    SUPPORTED_TYPES: ClassVar[set[str]] = {"obj", "gltf", "glb", "babylon", "stl", "pts.json"}
    SUPPORTED_POINT_CLOUD_TYPES: ClassVar[set[str]] = {CLOUD}
    _log_type = "object3D-file"
    _subdir = "object3D"

    def __init__(self, data_or_path: Any, caption: str | None = None, **kwargs: Any) -> None:
        super().__init__(caption)
        if hasattr(data_or_path, "name") and not isinstance(data_or_path, os.PathLike):
            data_or_path = data_or_path.name
        if hasattr(data_or_path, "read"):
            self._read(data_or_path, kwargs.get("file_type"))
        elif isinstance(data_or_path, (str, os.PathLike)):
            path = os.fspath(data_or_path)
            known = next((one for one in sorted(self.SUPPORTED_TYPES) if path.endswith(one)), None)
            if known is None:
                raise ValueError(f"File '{path}' is not compatible with Object3D: {self._supported()}")
            self._set_path(path, f".{known}")
        elif isinstance(data_or_path, dict) and "type" in data_or_path:
            if data_or_path["type"] not in self.SUPPORTED_POINT_CLOUD_TYPES:
                raise ValueError(f"Type not supported, only '{CLOUD}' is currently supported")
            parts = {name: _listed(data_or_path.get(name)) for name in ("vectors", "points", "boxes")}
            self._set_points({"type": CLOUD, **parts})
        elif is_numpy_array(data_or_path):
            if len(data_or_path.shape) != 2 or data_or_path.shape[1] not in COLUMNS:
                raise ValueError(WRONG_SHAPE.format(data_or_path.shape))
            self._set_points(data_or_path.tolist())
        else:
            raise ValueError(f"data must be a numpy array, dict or a file object, not {type(data_or_path).__name__}")

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Object3D:
        """Of a path, or of an open file of some type."""
        return cls(data_or_path, file_type=file_type)

    @classmethod
    def from_numpy(cls, data: Any) -> Object3D:
        """Of an array of points."""
        if not is_numpy_array(data):
            raise ValueError(f"`data` must be a numpy array, not {type(data).__name__}")
        return cls(data)

    @classmethod
    def from_point_cloud(
        cls,
        points: Sequence[Any],
        boxes: Sequence[Any],
        vectors: Sequence[Any] | None = None,
        point_cloud_type: str = CLOUD,
    ) -> Object3D:
        """Of points, and boxes and vectors between them."""
        if point_cloud_type not in cls.SUPPORTED_POINT_CLOUD_TYPES:
            raise ValueError(f"Point cloud type not supported: {point_cloud_type!r}; expected {CLOUD!r}")
        array = needed("numpy", "wandb.Object3D.from_point_cloud()").array
        parts = {"points": points, "boxes": boxes, "vectors": vectors or []}
        return cls({"type": point_cloud_type, **{name: array(part) for name, part in parts.items()}})

    def _read(self, file: Any, file_type: str | None) -> None:
        if hasattr(file, "seek"):
            file.seek(0)
        if file_type is None:
            raise ValueError("Must pass file type keyword argument when using io objects.")
        if file_type not in self.SUPPORTED_TYPES:
            raise ValueError(f"Object 3D only supports numpy arrays or files; {self._supported()}, not {file_type!r}")
        self._set_content(_bytes(file.read()), f".{file_type}")

    def _set_points(self, points: Any) -> None:
        self._set_content(self._json(points), ".pts.json")

    def _supported(self) -> str:
        return f"supported types are: {', '.join(sorted(self.SUPPORTED_TYPES))}"

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        if self._file is None or self._file.extension != ".pts.json":
            raise ValueError("Non-point cloud 3D objects are not yet supported with Artifacts")
        return super()._in_artifact(artifact)

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several objects."""
        rows = [one.to_json(run) for one in seq]
        names = [os.path.relpath(row["path"], cls.get_media_subdir()) for row in rows]
        return {"_type": "object3D", "filenames": names, "count": len(rows), "objects": rows}


class Object3DType(dtypes.Type):
    """A column of objects."""

    name = "object3D-file"


dtypes.register(Object3DType, Object3D)


def box3d(
    *, center: Any, size: Any, orientation: Any, color: Any, label: str | None = None, score: Any = None
) -> dict[str, Any]:
    """A box of a point cloud, by its center, its size and a quaternion (real part first).

    Raises:
        ValueError: The quaternion is zero.
    """
    numpy = needed("numpy", "wandb.box3d()")
    middle, extent, turn = (numpy.asarray(one, dtype=numpy.float64) for one in (center, size, orientation))
    for name, vector, length in (("center", middle, 3), ("size", extent, 3), ("orientation", turn, 4)):
        if vector.shape != (length,):
            raise AssertionError(f"box3d({name}=...): expected {length} numbers, got shape {vector.shape}")
    corners = numpy.array(list(itertools.product((-1, 1), repeat=3)), dtype=numpy.float64)
    placed = middle + 0.5 * extent * corners @ _rotation(numpy, turn)
    return {"corners": tuple(map(tuple, placed)), "color": color, "label": label, "score": score}


def _rotation(numpy: Any, quaternion: Any) -> Any:
    """The matrix that turns row vectors; as in 0.31.0, the signs of the quaternion do not count."""
    whole = abs(quaternion)
    if not whole.any():
        raise ValueError("Unexpected zero quaternion.")
    whole = whole / whole.max()
    r, i, j, k = whole / numpy.linalg.norm(whole)
    return numpy.array(
        (
            (1 - 2 * (j * j + k * k), 2 * (i * j + k * r), 2 * (i * k - j * r)),
            (2 * (i * j - k * r), 1 - 2 * (i * i + k * k), 2 * (j * k + i * r)),
            (2 * (i * k + j * r), 2 * (j * k - i * r), 1 - 2 * (i * i + j * j)),
        ),
        dtype=numpy.float64,
    )


def _listed(part: Any) -> Any:
    return [] if part is None else part.tolist()


def _bytes(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else bytes(content)
