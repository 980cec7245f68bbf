"""Owns watch(): hooks on torch models that log histograms of gradients and parameters, and the graph of layers.

torch is never imported here: a model exists only where it has been. What is logged goes to wandb.run, with
commit=False, so that it joins the row of the next log(). Histograms were observed with both generations: 64 bins
between the least and the greatest finite value, in single precision unless the tensor has double; where these are
equal, the profile says how many.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import Error
from wandb_testkit.records import Row, WatchRecord
from wandb_testkit.sdk import media

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.session import Session

BINS = 64
WORDS = (None, "gradients", "parameters", "all")
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
"""Modules of torch.nn that are no layers themselves."""

HOOK_NAMES = "_wandb_hook_names"
GRAPH_MARK = "_wandb_watch_called"
"""Attributes that both generations leave on a model."""


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What a profile decides about watch().

    Attributes:
        wrong_model: Raised for what is no torch module.
        other_words_mean_gradients: `log` is not checked.
        always_has_graph: The graph of layers is recorded without being asked for.
        equal_values_have_one_bin: The histogram of values that are all the same has one bin, not 64 of no width.
    """

    wrong_model: type[Exception]
    other_words_mean_gradients: bool
    always_has_graph: bool
    equal_values_have_one_bin: bool


class Graph:
    """The layers that a forward pass went through, in that order.

    Attributes:
        nodes: One dict a layer: name, class, parameters and their sizes, shape of the output.
    """

    format = "torch"

    def __init__(self) -> None:
        self.nodes: list[Row] = []

    def media(self, key: str) -> media.Media:
        """What the summary keeps of it, and its file."""
        content = json.dumps({"format": self.format, "nodes": self.nodes, "edges": []}, separators=(",", ":")).encode()
        path = media.hashed("graph", key, "summary", ".graph.json", content)
        return media.Media({"_type": "graph-file", **media.file_facts(path, content)}, {path: content})


class Watcher:
    """The hooks that one run has on models: name -> handle.

    Attributes:
        is_logging: Whether hooks log what they see.
    """

    def __init__(self, session: Session) -> None:
        self.is_logging = True
        self._session = session
        self._handles: dict[str, Any] = {}
        self._models: list[Any] = []
        session.at_close(lambda session: self.forget())

    def watch(self, run: Run, models: Any, log: Any, log_freq: int, idx: int | None, log_graph: bool) -> list[Graph]:
        """Hook into models, and return their graphs (none unless asked for)."""
        rules = run._behaviour.watch()
        if log not in WORDS and not rules.other_words_mean_gradients:
            raise ValueError(f"watch(log={log!r}): expected 'gradients', 'parameters', 'all' or None")
        torch = sys.modules.get("torch")
        if torch is None:
            raise Error("watch() takes torch models, and torch is not imported in this process")
        several = models if isinstance(models, (list, tuple)) else [models]
        for model in several:
            if not isinstance(model, torch.nn.Module):
                raise rules.wrong_model(f"watch() takes torch.nn.Module; got {model!r} of type {type(model).__name__}")
        graphs = []
        prefix = ""
        first = self._session.watched_models if idx is None else idx
        for index, model in enumerate(several, first):
            self._session.watched_models += 1
            self._models.append(model)
            if index > 0:
                prefix = f"graph_{index}"
            in_words = {"parameters": log in ("parameters", "all"), "gradients": log not in ("parameters", None)}
            self.hook(model, prefix, log_freq, **in_words)
            if log_graph or rules.always_has_graph:
                graphs.append(self._hook_graph(torch, model, f"graph_{index}"))
            run._transport.publish(WatchRecord(run._path, type(model).__qualname__, log, log_freq))
        return graphs

    def unwatch(self, models: Any) -> None:
        """Take the hooks off these models, or off all of them."""
        if not models:
            self.unhook_all()
            return
        for model in models if isinstance(models, (list, tuple)) else [models]:
            names = getattr(model, HOOK_NAMES, None)
            if names is None:
                self._session.warn("not_watched", f"unwatch(): model {type(model).__name__} has not been watched")
                continue
            for name in names:
                handle = self._handles.pop(name, None)
                if handle is not None:  # else another run's, or all were taken off before
                    handle.remove()
            delattr(model, HOOK_NAMES)

    def hook(self, model: Any, prefix: str, log_freq: int, *, parameters: bool, gradients: bool) -> None:
        """Log histograms of a model's parameters, of its gradients, or of both, every so many times."""
        if parameters:
            self._hook_parameters(model, prefix, log_freq)
        if gradients:
            self._hook_gradients(model, prefix, log_freq)

    def unhook(self, name: str) -> None:
        """Take one hook off.

        Raises:
            KeyError: There is none of that name.
        """
        if name not in self._handles:
            raise KeyError(f"{name!r}: there are hooks of the names {', '.join(map(repr, self._handles)) or 'none'}")
        self._handles.pop(name).remove()

    def unhook_all(self) -> None:
        """Take all hooks off."""
        for handle in self._handles.values():
            handle.remove()
        self._handles.clear()

    def forget(self) -> None:
        """Leave the models as they were before: the world goes, and they may be watched in another one."""
        self.unhook_all()
        for module in (module for model in self._models for module in model.modules()):
            for name in (HOOK_NAMES, GRAPH_MARK):
                if name in vars(module):
                    delattr(module, name)
        self._models.clear()

    # ------------------------------------------------------------------ hooks

    def _keep(self, model: Any, name: str, handle: Any) -> None:
        self._handles[name] = handle
        if not hasattr(model, HOOK_NAMES):
            setattr(model, HOOK_NAMES, [])
        getattr(model, HOOK_NAMES).append(name)

    def _hook_parameters(self, model: Any, prefix: str, log_freq: int) -> None:
        is_due = _every(log_freq)

        def after_forward(module: Any, inputs: Any, output: Any) -> None:
            if is_due():
                for name, parameter in module.named_parameters():
                    self.log(f"parameters/{prefix}{name}", parameter.data)

        self._keep(model, f"parameters/{prefix}", model.register_forward_hook(after_forward))

    def _hook_gradients(self, model: Any, prefix: str, log_freq: int) -> None:
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                self._hook_gradient(model, f"gradients/{prefix}{name}", parameter, log_freq)

    def _hook_gradient(self, model: Any, name: str, parameter: Any, log_freq: int) -> None:
        if name in self._handles:
            raise ValueError(
                f"watch(): a hook has already been set under name {name!r}; give the model another idx, or unwatch() it"
            )
        is_due = _every(log_freq)

        def with_gradient(gradient: Any) -> None:
            if is_due():
                self.log(name, gradient)

        self._keep(model, name, parameter.register_hook(with_gradient))

    def _hook_graph(self, torch: Any, model: Any, key: str) -> Graph:
        graph = Graph()
        layers = dict(_layers(torch, model))
        waiting = {id(layer) for layer in layers.values()}

        def listener(name: str) -> Callable[[Any, Any, Any], None]:
            def after_forward(module: Any, inputs: Any, output: Any) -> None:
                if id(module) not in waiting:
                    return
                waiting.discard(id(module))
                graph.nodes.append(_node(name, len(graph.nodes), module, output))
                if not waiting:
                    run = self._run()
                    made = graph.media(key)
                    run._upload(made.files)
                    run.summary[key] = made.value

            return after_forward

        for name, layer in layers.items():
            self._keep(model, f"topology/{key}.{name}", layer.register_forward_hook(listener(name)))
        return graph

    # ------------------------------------------------------------------ what is logged

    def _run(self) -> Any:
        run = self._session.run
        if run is None:
            raise self._session.behaviour.finished_error(
                "a watched model is used, and there is no run to log to: call unwatch() before finish()"
            )
        return run

    def log(self, name: str, tensor: Any) -> None:
        """Make the histogram of a tensor a part of the run's next row."""
        if not self.is_logging:
            return
        run = self._run()
        found = histogram(tensor, one_bin=run._behaviour.watch().equal_values_have_one_bin)
        if found is not None:
            run.log({name: found}, commit=False)


def _every(log_freq: int) -> Callable[[], bool]:
    """Whether this is the log_freq-th time since the last."""
    count = 0

    def is_due() -> bool:
        nonlocal count
        count = 0 if count + 1 >= log_freq else count + 1
        return count == 0

    return is_due


def histogram(tensor: Any, *, one_bin: bool) -> Row | None:
    """The histogram of a tensor's finite values, None if it has none; zeros that a sparse one leaves out count.

    Args:
        one_bin: That of values that are all the same has one bin.
    """
    torch: Any = sys.modules["torch"]
    tensor = tensor.detach()
    left_out = 0
    if tensor.is_sparse:
        tensor = tensor.cpu().coalesce()
        left_out = tensor.numel() - tensor.values().numel()
        tensor = tensor.values()
    flat = tensor.reshape(-1).cpu()
    if flat.dtype not in (torch.float32, torch.float64):
        flat = flat.float()
    flat = flat[torch.isfinite(flat)]
    if not flat.numel():
        return None
    least, greatest = flat.min().item(), flat.max().item()
    if left_out:
        least, greatest = min(least, 0), max(greatest, 0)
    if least == greatest and one_bin:
        counts, edges = [float(flat.numel())], torch.Tensor([least, greatest]).tolist()
    else:
        counts = flat.histc(bins=BINS, min=least, max=greatest).tolist()
        edges = torch.linspace(least, greatest, steps=BINS + 1).tolist()
    if left_out:
        # the bin that 0 falls into: its left edge belongs to a bin, its right edge to the last one only
        holding = (i for i in range(len(counts)) if edges[i] <= 0 < edges[i + 1])
        counts[next(holding, len(counts) - 1 if edges[-1] == 0 else 0)] += left_out
    return media.histogram(counts, edges)


def _layers(torch: Any, module: Any, above: str = "") -> list[tuple[str, Any]]:
    """Name and module of each layer: the children of a model, and of containers among them.

    Raises:
        ValueError: The model has a graph already.
    """
    if getattr(module, GRAPH_MARK, False):
        raise ValueError("watch() with a graph can be called once per model; make a new model to watch it again")
    setattr(module, GRAPH_MARK, True)
    containers = tuple(getattr(torch.nn, name) for name in CONTAINERS)
    found: list[tuple[str, Any]] = []
    for name, child in module.named_children():
        if isinstance(child, containers):
            found.extend(_layers(torch, child, f"{above}{name}."))
        else:
            found.append((f"{above}{name}", child))
    return found


def _node(name: str, number: int, module: Any, output: Any) -> Row:
    parameters = [[own, list(parameter.size())] for own, parameter in module.named_parameters()]
    return {
        "name": name,
        "id": number,
        "class_name": str(module),
        "parameters": parameters,
        "output_shape": _shape(output if isinstance(output, tuple) else (output,)),
        "num_parameters": [math.prod(size) for _, size in parameters],
    }


def _shape(output: Any) -> Any:
    """The shapes of tensors in nested sequences; what is neither has an empty one."""
    if hasattr(output, "size"):
        return list(output.size())
    return [_shape(item) for item in output] if isinstance(output, (tuple, list)) else []
