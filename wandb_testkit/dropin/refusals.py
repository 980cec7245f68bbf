"""Owns how the drop-in says no: which exception, and what it tells the reader."""

from __future__ import annotations

from types import FrameType

from wandb_testkit.dropin import names
from wandb_testkit.dropin.entries import BOTH
from wandb_testkit.errors import NotModelledAttributeError, NotModelledImportError, NotModelledModuleError
from wandb_testkit.profiles import Profile


def missing_name(module: object, fullname: str, name: str, profile: Profile, asking: FrameType | None) -> Exception:
    """The exception for a name that a module of the tree does not have.

    Args:
        module: The module.
        fullname: Its name.
        asking: The frame that reads the attribute, if there is one. `from x import y` gets an ImportError of ours: the
            interpreter would swallow an AttributeError, and make one that names neither the kit nor its list of names.
    """
    text = f"{fullname}.{name} is not part of {_what(profile)}. {_hint(fullname, name, profile)}{_where(fullname)}"
    if asking is not None and is_from_import(asking):
        return NotModelledImportError(text, name=fullname)
    return NotModelledAttributeError(text, name=name, obj=module)


def missing_module(fullname: str, profile: Profile) -> ModuleNotFoundError:
    """The exception for a module that the tree does not have."""
    parent, _, name = fullname.rpartition(".")
    while parent not in names.NAMES:
        parent = parent.rpartition(".")[0]
    hint = _hint(fullname.rpartition(".")[0], name, profile)
    return NotModelledModuleError(f"{fullname} is not part of {_what(profile)}. {hint}{_where(parent)}", name=fullname)


def is_from_import(frame: FrameType) -> bool:
    """Whether a frame is at the second half of `from x import y`, the one that reads the attribute."""
    from opcode import opmap  # costs time, and few ask for what is not there

    code, at = frame.f_code.co_code, frame.f_lasti
    while code[at] == opmap["EXTENDED_ARG"]:  # Python 3.10 counts a prefix as the instruction
        at += 2
    return code[at] == opmap["IMPORT_FROM"]


def _what(profile: Profile) -> str:
    return f"the drop-in wandb of wandb_testkit (profile {profile})"


def _where(fullname: str) -> str:
    return f"The names there are: dir({fullname}), or {names.PAGE} of wandb_testkit"  # Python may add a suggestion


def _hint(fullname: str, name: str, profile: Profile) -> str:
    whole = f"{fullname}.{name}"
    others = [
        other
        for other in BOTH
        if (name in names.NAMES.get(fullname, ()) and other in names.NAMES[fullname][name].profiles)
        or names.has_module(whole, other)
    ]
    from wandb_testkit.dropin import advice, real_names  # what was asked for is not there: it may cost something

    told = advice.of(whole)
    if others:
        return f"Profile {others[0]} has it. {told}"
    if real_names.has(fullname, name, profile):
        return f"wandb {real_names.VERSION[profile]} has it, and this version of the kit has not. {told}"
    if told:
        return told
    if fullname not in names.NAMES:
        return ""
    from difflib import get_close_matches

    known = [*names.names_of(fullname, profile), *names.submodules_of(fullname, profile)]
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {fullname}.{near[0]}? " if near else ""
