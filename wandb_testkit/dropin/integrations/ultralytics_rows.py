"""Owns the rows of tables that wandb.integration.ultralytics logs: one for each picture, by task.

Source: observed with 0.31.0.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.sdk.data_types.image import Image

Labels = Mapping[Any, str]
"""Number of a class -> its name."""

Boxes = dict[str, Any]
"""What wandb.Image takes as boxes or masks of one kind."""

Look = Callable[[Any], Any]
"""Pictures, or one -> what a model finds in each."""

Made = Callable[[], list[Any]]
"""Makes one row; what goes wrong then, and is in `left_out_on`, leaves the row out of the table, as in wandb."""


def found_boxes(result: Any, labels: Labels) -> tuple[Boxes, dict[str, float]]:
    """The boxes that were found in a picture, and the mean confidence of each class."""
    places = result.boxes.xywh.long().numpy()
    classes = result.boxes.cls.long().numpy()
    confidence = result.boxes.conf.numpy()
    by_label: dict[str, list[Any]] = {label: [] for label in labels.values()}
    boxes = []
    for place, number, sure in zip(places, classes, confidence, strict=True):
        by_label[labels[int(number)]].append(sure)
        boxes.append({**_box(place, int(number), labels), "scores": {"confidence": float(sure)}})
    means = {label: sum(each) / len(each) if each else 0 for label, each in by_label.items()}
    return {"box_data": boxes, "class_labels": labels}, means


def _box(place: Any, number: int, labels: Labels) -> dict[str, Any]:
    x, y, width, height = (int(side) for side in place)
    where = {"middle": [x, y], "width": width, "height": height}
    return {"position": where, "domain": "pixel", "class_id": number, "box_caption": labels[number]}


def true_boxes(batch: Mapping[str, Any], index: int, labels: Labels) -> list[dict[str, Any]] | None:
    """The boxes that a picture of a batch is labelled with, in pixels; None if there are none."""
    ops = importlib.import_module("ultralytics.utils.ops")
    mine = batch["batch_idx"] == index
    places, classes = batch["bboxes"][mine], batch["cls"][mine]
    if len(places) == 0:
        show_line(f"Image: {batch['im_file'][index]} has no bounding boxes labels", "warning", repeat=False)
        return None
    shown, whole, padding = batch["resized_shape"][index], batch["ori_shape"][index], batch["ratio_pad"][index]
    numbers = {label: number for number, label in labels.items()}
    boxes = []
    for place, number in zip(places, classes.squeeze(1).tolist(), strict=False):
        corners = ops.xywhn2xyxy(place, h=shown[0], w=shown[1])
        corners = ops.scale_boxes(shown, corners, whole, padding)
        label = str(labels[number])
        boxes.append(_box(ops.xyxy2xywh(corners).tolist(), numbers[label], labels))
    return boxes


def labels_of(result: Any) -> dict[Any, str]:
    """The names of the classes that a model knows."""
    return {int(number): str(label) for number, label in result.names.items()}


class Detection:
    """Boxes around things."""

    left_out_on: tuple[type[Exception], ...] = (TypeError,)
    columns = ("Image", "Mean-Confidence", "Speed")
    found_columns = ("Image", "Num-Objects", "Mean-Confidence", "Speed")

    def found(self, result: Any) -> list[Any]:
        """The row of a picture in which something was looked for."""
        boxes, masks, means = self._looked_at(result)
        image = Image(result.orig_img[:, :, ::-1], boxes={"predictions": boxes}, masks=masks)
        return [image, len(boxes["box_data"]), means, result.speed]

    def compared(self, batch: Mapping[str, Any], count: int, labels: Labels, look: Look) -> Iterator[Made]:
        """The rows of a batch: what is there, and what was found."""
        for index, result in enumerate(look(batch["im_file"])):
            yield partial(self._compared, batch, index, labels, result.to("cpu"))

    def _compared(self, batch: Mapping[str, Any], index: int, labels: Labels, result: Any) -> list[Any]:
        boxes, masks, means = self._looked_at(result)
        shown = {
            "ground-truth": {"box_data": true_boxes(batch, index, labels), "class_labels": labels},
            "predictions": self._beside(boxes, labels),
        }
        return [Image(batch["im_file"][index], boxes=shown, masks=masks), means, result.speed]

    def _looked_at(self, result: Any) -> tuple[Boxes, dict[str, Boxes] | None, dict[str, float]]:
        boxes, means = found_boxes(result, labels_of(result))
        return boxes, None, means

    def _beside(self, boxes: Boxes, labels: Labels) -> Boxes:
        return {"box_data": boxes["box_data"], "class_labels": labels}


class Segmentation(Detection):
    """Boxes around things, and their outlines."""

    def _looked_at(self, result: Any) -> tuple[Boxes, dict[str, Boxes] | None, dict[str, float]]:
        labels = labels_of(result)
        background = len(labels)
        labels[background] = "background"
        boxes, means = found_boxes(result, labels)
        if result.masks is None:
            return boxes, None, means
        ops = importlib.import_module("ultralytics.utils.ops")
        numpy = importlib.import_module("numpy")
        things = ops.scale_masks(result.masks.data[None], result.orig_img.shape[:2])[0].numpy()
        pixels = numpy.zeros(things.shape[1:], dtype=numpy.uint8)
        for thing, number in zip(things, result.boxes.cls.long().tolist(), strict=True):
            pixels[thing == 1] = number
        pixels[pixels == 0] = background  # and so does what is of the first class, as in wandb
        return boxes, {"predictions": {"mask_data": pixels, "class_labels": labels}}, means

    def _beside(self, boxes: Boxes, labels: Labels) -> Boxes:
        return boxes


class Pose:
    """Boxes around bodies, and their joints, drawn into the picture.

    Args:
        draws_bones: Lines between the joints, too.
    """

    left_out_on: tuple[type[Exception], ...] = ()
    columns = ("Image-Ground-Truth", "Image-Prediction", "Num-Instances", "Mean-Confidence", "Speed")
    found_columns = columns[1:]

    def __init__(self, draws_bones: bool | None) -> None:
        self._draws_bones = draws_bones

    def found(self, result: Any) -> list[Any]:
        """The row of a picture in which bodies were looked for."""
        boxes, means = found_boxes(result, labels_of(result))
        picture = self._drawn(result.orig_img[:, :, ::-1], result.keypoints.data.numpy())
        image = Image(picture, boxes={"predictions": boxes})
        return [image, len(boxes["box_data"]), means, result.speed]

    def compared(self, batch: Mapping[str, Any], count: int, labels: Labels, look: Look) -> Iterator[Made]:
        """The rows of a batch: what is there, and what was found."""
        for index, result in enumerate(look(batch["im_file"])):
            yield partial(self._compared, batch, index, labels, result.to("cpu"))

    def _compared(self, batch: Mapping[str, Any], index: int, labels: Labels, result: Any) -> list[Any]:
        found = self.found(result)
        with importlib.import_module("PIL.Image").open(batch["im_file"][index]) as file:
            picture = self._drawn(file, [batch["keypoints"][index].numpy()])
        boxes = {"ground-truth": {"box_data": true_boxes(batch, index, labels), "class_labels": labels}}
        return [Image(picture, boxes=boxes), *found]

    def _drawn(self, picture: Any, joints: Any) -> Any:
        array = importlib.import_module("numpy").ascontiguousarray(picture)
        annotator = importlib.import_module("ultralytics.utils.plotting").Annotator(array)
        for one in joints:
            annotator.kpts(one, kpt_line=self._draws_bones)
        return annotator.im


class Classification:
    """What a picture as a whole shows."""

    left_out_on: tuple[type[Exception], ...] = (Exception,)
    columns = (
        *("Image", "Ground-Truth-Category", "Predicted-Category", "Prediction-Confidence"),
        *("Top-5-Prediction-Categories", "Top-5-Prediction-Confindence", "Probabilities", "Speed"),
    )
    found_columns = tuple(column for column in columns if column != "Ground-Truth-Category")

    def found(self, result: Any, picture: Any = None) -> list[Any]:
        """The row of a picture."""
        labels = labels_of(result)
        sure = result.probs.data.numpy().tolist()
        best = [int(number) for number in result.probs.top5]
        return [
            Image(result.orig_img if picture is None else picture),
            labels[int(result.probs.top1)],
            result.probs.top1conf,
            [labels[number] for number in best],
            [sure[number] for number in best],
            {labels[number]: each for number, each in enumerate(sure)},
            result.speed,
        ]

    def compared(self, batch: Mapping[str, Any], count: int, labels: Labels, look: Look) -> Iterator[Made]:
        """The rows of a batch: of as many pictures as there are batches in the table, as in wandb."""
        for index in range(count):
            yield partial(self._compared, batch, index, look)

    def _compared(self, batch: Mapping[str, Any], index: int, look: Look) -> list[Any]:
        picture = batch["img"].numpy().transpose(0, 2, 3, 1)[index]
        result = look(picture)[0]
        image, *said = self.found(result.to("cpu"), picture)
        return [image, labels_of(result)[batch["cls"].numpy().tolist()[index]], *said]
