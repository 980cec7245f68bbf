"""Owns the table of the pipelines of diffusers that are logged: which of their arguments, as which columns.

Source: observed with 0.31.0.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column of the table, and the argument that fills it."""

    argument: str
    title: str

    @property
    def is_image(self) -> bool:
        """Whether the argument is an image."""
        return self.argument in _IMAGES


class Logged(NamedTuple):
    """What is logged of a pipeline.

    Attributes:
        columns: Those of its arguments.
        output: The column of what it makes: "Generated-Image", "Generated-Video" or "Generated-Audio", among others.
        gives: What it makes is in this attribute of its answer.
    """

    columns: tuple[Column, ...]
    output: str = "Generated-Image"
    gives: str = "images"


_IMAGES = frozenset(
    {
        *("reference_image", "condtioning_image", "image", "control_image", "mask_image", "example_image"),
        "gligen_inpaint_image",
    }
)

_TITLES = {
    "audio_length_in_s": "Audio-Length-in-Seconds",
    "condtioning_image": "Control-Image",  # as the library writes it
    "fps": "Frames-Per-Second",
    "gligen_boxes": "GLIGEN-Boxes",
    "gligen_inpaint_image": "GLIGEN-Inpaint-Image",
    "gligen_phrases": "GLIGEN-Phrases",
    "guidance_scale": "Guidance Scale",
    "image": "Source-Image",
    "neg_prompt": "Negative-Prompt",
    "num_frames": "Number-of-Frames",
    "num_inference_steps": "Number-of-Inference-Steps",
    "video_length": "Number-of-Frames",
}
"""Titles that are not the argument in other letters."""


def _of(arguments: str, output: str = "Generated-Image", gives: str = "images") -> Logged:
    """Of "argument argument:Title ..."."""
    columns = []
    for word in arguments.split():
        argument, _, title = word.partition(":")
        columns.append(Column(argument, title or _TITLES.get(argument) or argument.replace("_", "-").title()))
    return Logged(tuple(columns), output, gives)


_TEXT = _of("prompt negative_prompt")
_PROMPT = _of("prompt")
_SOURCE = _of("image prompt negative_prompt")
_NOISE = _of("batch_size num_inference_steps")
_BLIP = "prompt neg_prompt source_subject_category target_subject_category"
_XL_CONTROL = "negative_prompt:Negative-Prompt-1 negative_prompt_2"
_SOUND = _of("prompt negative_prompt audio_length_in_s", "Generated-Audio", "audios")
_FRAMES = ("Generated-Video", "frames")

PIPELINES: dict[str, Logged] = {
    "BlipDiffusionPipeline": _of(f"reference_image {_BLIP}"),
    "BlipDiffusionControlNetPipeline": _of(f"reference_image condtioning_image {_BLIP}"),
    "StableDiffusionControlNetPipeline": _of("image:Control-Image prompt negative_prompt"),
    "StableDiffusionControlNetImg2ImgPipeline": _of("image control_image prompt negative_prompt"),
    "StableDiffusionControlNetInpaintPipeline": _of("image mask_image control_image prompt negative_prompt"),
    "CycleDiffusionPipeline": _of("image prompt source_prompt"),
    "StableDiffusionInstructPix2PixPipeline": _SOURCE,
    "PaintByExamplePipeline": _of("image example_image mask_image:Mask-Prompt"),
    "RePaintPipeline": _of("image mask_image:Mask-Prompt"),
    "StableDiffusionPipeline": _TEXT,
    "KandinskyCombinedPipeline": _TEXT,
    "KandinskyV22CombinedPipeline": _TEXT,
    "LatentConsistencyModelPipeline": _PROMPT,
    "LDMTextToImagePipeline": _PROMPT,
    "StableDiffusionPanoramaPipeline": _TEXT,
    "PixArtAlphaPipeline": _TEXT,
    "StableDiffusionSAGPipeline": _TEXT,
    "SemanticStableDiffusionPipeline": _TEXT,
    "WuerstchenCombinedPipeline": _TEXT,
    "IFPipeline": _TEXT,
    "AltDiffusionPipeline": _TEXT,
    "StableDiffusionAttendAndExcitePipeline": _TEXT,
    "KandinskyImg2ImgCombinedPipeline": _SOURCE,
    "KandinskyInpaintCombinedPipeline": _SOURCE,
    "KandinskyV22Img2ImgCombinedPipeline": _SOURCE,
    "KandinskyV22InpaintCombinedPipeline": _SOURCE,
    "AnimateDiffPipeline": _of("prompt negative_prompt num_frames", *_FRAMES),
    "StableVideoDiffusionPipeline": _of("image:Input-Image fps", *_FRAMES),
    "AudioLDMPipeline": _SOUND,
    "AudioLDM2Pipeline": _SOUND,
    "MusicLDMPipeline": _SOUND,
    "StableDiffusionPix2PixZeroPipeline": _TEXT,
    "PNDMPipeline": _NOISE,
    "ShapEPipeline": _of("prompt", "Generated-Video"),
    "StableDiffusionImg2ImgPipeline": _SOURCE,
    "StableDiffusionInpaintPipeline": _of("image mask_image prompt negative_prompt"),
    "StableDiffusionDepth2ImgPipeline": _SOURCE,
    "StableDiffusionImageVariationPipeline": _of("image"),
    "StableDiffusionPipelineSafe": _TEXT,
    "StableDiffusionUpscalePipeline": _of("image prompt negative_prompt", "Upscaled-Image"),
    "StableDiffusionAdapterPipeline": _SOURCE,
    "StableDiffusionGLIGENPipeline": _of(
        "prompt gligen_phrases gligen_boxes gligen_inpaint_image negative_prompt",
    ),
    "VersatileDiffusionTextToImagePipeline": _TEXT,
    "VersatileDiffusionImageVariationPipeline": _of("image negative_prompt"),
    "VersatileDiffusionDualGuidedPipeline": _SOURCE,
    "LDMPipeline": _NOISE,
    "TextToVideoSDPipeline": _of("prompt negative_prompt num_frames", *_FRAMES),
    "TextToVideoZeroPipeline": _of("prompt negative_prompt video_length", "Generated-Video"),
    "AmusedPipeline": _of("prompt guidance_scale"),
    "StableDiffusionXLControlNetPipeline": _of(
        f"prompt:Prompt-1 prompt_2 image:Control-Image {_XL_CONTROL}",
    ),
    "StableDiffusionXLControlNetImg2ImgPipeline": _of(
        f"prompt:Prompt-1 prompt_2 image:Input-Image control_image {_XL_CONTROL}",
    ),
    "Kandinsky3Pipeline": _TEXT,
    "Kandinsky3Img2ImgPipeline": _of("prompt negative_prompt image:Input-Image"),
    "StableDiffusionXLPipeline": _of("prompt negative_prompt prompt_2 negative_prompt_2"),
    "StableDiffusionXLImg2ImgPipeline": _of(
        "prompt negative_prompt prompt_2 negative_prompt_2 image:Input-Image",
    ),
}

NOT_LOGGED = (
    *("DiffusionPipeline", "AutoPipelineForText2Image", "AutoPipelineForImage2Image", "AutoPipelineForInpainting"),
    *("StableDiffusionParadigmsPipeline", "StableDiffusionModelEditingPipeline"),
)
"""Pipelines that are listened to as well, and of which nothing is logged."""
