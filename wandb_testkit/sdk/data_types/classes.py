"""Owns Classes: the names of class ids, for images with boxes and masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.data_types import dtypes, dtypes_composed
from wandb_testkit.sdk.data_types.wb_value import Media

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact


class Classes(Media):
    """Names of classes.

    Args:
        class_set: One dict for each, with "id" and "name".
    """

    _log_type = "classes"

    def __init__(self, class_set: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        for one in class_set:
            if "id" not in one or "name" not in one:
                raise AssertionError(f"a class should be a dict with 'id' and 'name', not {one!r}")
        self._class_set = class_set

    @property
    def names(self) -> dict[Any, Any]:
        """Id -> name."""
        return {one["id"]: one["name"] for one in self._class_set}

    def get_type(self) -> dtypes.Type:
        """The type of a column of such ids."""
        return ClassesId(self)

    def to_json(self, run_or_artifact: Any) -> dict[str, Any]:
        """The form in an artifact, and in the type of a column."""
        return {"_type": self._log_type, "class_set": self._class_set}

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Classes:
        """Read the form in an artifact."""
        return cls(json_obj["class_set"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Classes) and self._class_set == other._class_set

    __hash__ = object.__hash__


class ClassesId(dtypes.Type):
    """A column of ids of classes."""

    name = "classesId"

    def __init__(self, classes_obj: Any = None, valid_ids: Any = None) -> None:
        if classes_obj is None:
            ids = [one.params["val"] for one in valid_ids.members] if valid_ids is not None else []
            classes_obj = Classes([{"id": one, "name": str(one)} for one in ids])
        self.classes: Classes = classes_obj
        super().__init__(valid_ids=dtypes_composed.Union([dtypes.Const(one) for one in classes_obj.names]))

    def assign(self, value: Any) -> dtypes.Type:
        """Itself, for one of the ids."""
        return self.assign_type(dtypes.Const(value))

    def assign_type(self, other: dtypes.Type) -> dtypes.Type:
        """The same for a type."""
        taken = self.params["valid_ids"].assign_type(other)
        return taken if isinstance(taken, dtypes.Invalid) else self

    def to_json(self, artifact: Any = None) -> dict[str, Any]:
        """How an artifact says it: the classes are part of it."""
        said = super().to_json(artifact)
        if artifact is None:
            said["params"]["classes_obj"] = self.classes.to_json(None)
        else:
            entry = artifact.add(self.classes, "media/cls")
            said["params"]["classes_obj"] = {"type": "classes-file", "path": entry.path, "digest": entry.digest}
        return said

    @classmethod
    def from_json(cls, said: Mapping[str, Any], artifact: Any = None) -> dtypes.Type:
        """The type that to_json() said."""
        classes = said["params"]["classes_obj"]
        if classes.get("type") == "classes-file":
            return cls(artifact.get(classes["path"]))
        return cls(Classes.from_json(classes, artifact))


dtypes.register(ClassesId, Classes, ClassesId)
