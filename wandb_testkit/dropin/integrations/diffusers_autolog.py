"""Owns wandb.integration.diffusers: what pipelines of diffusers make is logged, with a table of what it was made of."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from wandb_testkit.dropin.calls import active_run
from wandb_testkit.dropin.integrations.autologging import AutologAPI
from wandb_testkit.dropin.integrations.diffusers_pipelines import NOT_LOGGED, PIPELINES, Logged
from wandb_testkit.sdk.data_types.audio import Audio
from wandb_testkit.sdk.data_types.image import Image
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.data_types.video import Video
from wandb_testkit.world import World, current

FPS = 4
SAMPLE_RATE_HZ = 16_000

WITH_TWO_PROMPTS = ("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline")
ONE_VIDEO = ("TextToVideoSDPipeline", "TextToVideoZeroPipeline")
"""Pipelines all of whose frames are one video."""

_calls: WeakKeyDictionary[World, int] = WeakKeyDictionary()
"""The calls that were logged in each world, which is to its runs what a process is to others."""


def resolved(
    args: Sequence[Any], kwargs: dict[str, Any], response: Any, began: float, took_s: float
) -> dict[str, Any] | None:
    """What is logged of a call: rows of media at once, the workflow in the config, and a table, which is returned."""
    pipe = args[0]
    name = type(pipe).__name__
    logged = PIPELINES.get(name)
    if logged is None:
        return None
    world = current()
    number = _calls[world] = _calls.get(world, 0) + 1
    call = _Call(name, logged, number, _arguments(pipe, args[1:], kwargs))
    call.keep_workflow(pipe)
    if name in ONE_VIDEO:
        call.log_video(_as_video(getattr(response, logged.gives), is_normal=name == "TextToVideoZeroPipeline"))
    else:
        is_latent = name == "StableDiffusionXLPipeline" and call.arguments["output_type"] == "latent"
        call.log_each(_decoded(pipe, response.images) if is_latent else getattr(response, logged.gives))
    return {f"Result-Table/Pipeline-Call-{number}": call.table}


class _Call:
    """One call of a pipeline that is logged."""

    def __init__(self, name: str, logged: Logged, number: int, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.table = Table(columns=[*(column.title for column in logged.columns), logged.output])
        self._name = name
        self._logged = logged
        self._number = number

    def keep_workflow(self, pipe: Any) -> None:
        """Tell in the config what was called, and with what."""
        config = active_run("wandb.config").config
        stage = {
            "pipeline": {**pipe.config, "pipeline-name": self._name},
            "params": self.arguments,
            "stage": f"Pipeline-Call-{self._number}",
        }
        before = config.get("workflow", [])
        config.update({"workflow": [*before, stage]}, allow_val_change=True)

    def log_video(self, frames: Any) -> None:
        """Log all that was made as one video."""
        prompt = self.arguments["prompt"]
        self._log("Generated-Video", Video(frames, format="mp4", fps=FPS, caption=prompt))
        given = [self.arguments[column.argument] for column in self._logged.columns]
        self.table.add_data(*given, Video(frames, format="mp4", fps=FPS))

    def log_each(self, made: Any) -> None:
        """Log each picture, video or sound; of several prompts each has as many of them as there are prompts.

        Raises:
            IndexError: Or fewer: then the table is not logged.
        """
        given = [_listed(self.arguments[column.argument]) for column in self._logged.columns]
        count = len(given[0])
        chunks = [made[first : first + count] for first in range(0, len(made), count or 1)]
        for place in range(count):
            for one in chunks[place]:
                self._log(*self._shown(one, self._caption(place)))
                row = []
                for column, values in zip(self._logged.columns, given, strict=True):
                    value = values[place]
                    row.append(Image(value) if column.is_image else "" if value is None else value)
                self.table.add_data(*row, self._shown(one)[1])

    def _shown(self, one: Any, caption: Any = None) -> tuple[str, Any]:
        """The key of what was made, and its medium."""
        if self._logged.output == "Generated-Video":
            return self._logged.output, Video(_of_pictures(one), format="mp4", fps=FPS, caption=caption)
        if self._logged.output == "Generated-Audio":
            return self._logged.output, Audio(one, sample_rate=SAMPLE_RATE_HZ, caption=caption)
        return "Generated-Image", Image(one, caption=caption)

    def _caption(self, place: int) -> Any:
        arguments = {column.argument: _listed(self.arguments[column.argument]) for column in self._logged.columns}
        if self._name in WITH_TWO_PROMPTS:
            return f"Prompt-1: {arguments['prompt'][place]}\nPrompt-2: {arguments['prompt_2'][place]}"
        return arguments["prompt"][place] if "prompt" in arguments else None

    def _log(self, kind: str, medium: Any) -> None:
        active_run("wandb.log()").log({f"{kind}/Pipeline-Call-{self._number}": medium})


def _arguments(pipe: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """All arguments of the call by name; of a generator of random numbers its state."""
    parameters = inspect.signature(pipe.__call__).parameters
    said = {**kwargs, **dict(zip(parameters, args, strict=False))}
    for name, parameter in parameters.items():
        said.setdefault(name, parameter.default)
    generator = said.get("generator")
    if generator is not None:
        said["generator"] = {
            "seed": generator.initial_seed(),
            "device": generator.device,
            "random_state": generator.get_state().cpu().numpy().tolist(),
        }
    if said.get("ip_adapter_image") is not None:
        active_run("wandb.log()").log({"IP-Adapter-Image": Image(said["ip_adapter_image"])})
    return said


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _of_pictures(pictures: Any) -> Any:
    """Pictures as an array: frames, channels, height, width."""
    numpy = importlib.import_module("numpy")
    return numpy.stack([numpy.array(one).astype("uint8").transpose(2, 0, 1) for one in pictures])


def _as_video(frames: Any, *, is_normal: bool) -> Any:
    """Frames as an array: frames, channels, height, width.

    Args:
        is_normal: They are between 0 and 1.
    """
    numpy = importlib.import_module("numpy")
    whole = [(frame * 255).astype("uint8") for frame in frames] if is_normal else frames
    return numpy.stack(whole).transpose(0, 3, 1, 2)


def _decoded(pipe: Any, latents: Any) -> Any:
    """The pictures of latent variables."""
    torch = importlib.import_module("torch")
    with torch.no_grad():
        is_upcast = pipe.vae.dtype == torch.float16 and pipe.vae.config.force_upcast
        if is_upcast:
            pipe.upcast_vae()
            latents = latents.to(next(iter(pipe.vae.post_quant_conv.parameters())).dtype)
        pictures = pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0]
        if is_upcast:
            pipe.vae.to(dtype=torch.float16)
        if pipe.watermark is not None:
            pictures = pipe.watermark.apply_watermark(pictures)
        pictures = pipe.image_processor.postprocess(pictures, output_type="pil")
        pipe.maybe_free_model_hooks()
        return pictures


autolog = AutologAPI(
    "diffusers", [f"{name}.__call__" for name in (*NOT_LOGGED, *PIPELINES)], resolved, "diffusers_autolog"
)
