"""Owns Graph: layers of a model and what leads from one to the next, as a file. Source: observed with 0.31.0."""

from __future__ import annotations

from pprint import pprint
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.data_types.cells import in_file
from wandb_testkit.sdk.data_types.wb_value import Media, WBValue

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run


class Node(WBValue):
    """A layer; what it is made with is kept in `attributes`, and so is what is set later."""

    NAMES = (
        *("id", "name", "class_name", "size", "parameters"),
        *("output_shape", "is_output", "num_parameters"),
        *("functions", "child_parameters", "is_constant"),
    )

    def __init__(
        self,
        id: Any = None,
        name: Any = None,
        class_name: Any = None,
        size: Any = None,
        parameters: Any = None,
        output_shape: Any = None,
        is_output: Any = None,
        num_parameters: Any = None,
        node: Any = None,
    ) -> None:
        super().__init__()
        self.__dict__["attributes"] = attributes = {"name": None}
        if node is not None:
            attributes.update(node.attributes)
            attributes.pop("id", None)
        given = (id, name, class_name, size, parameters, output_shape, is_output, num_parameters)
        for key, value in zip(self.NAMES, given, strict=False):
            if value is not None:
                setattr(self, key, value)

    if TYPE_CHECKING:
        attributes: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name in Node.NAMES:
            return self.attributes.get(name, [] if name in ("functions", "parameters") else None)
        raise AttributeError(f"'Node' object has no attribute {name!r}; it has {', '.join(Node.NAMES)}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in Node.NAMES:
            object.__setattr__(self, name, value)
        else:
            self.attributes[name] = tuple(value) if name == "size" else value

    def __repr__(self) -> str:
        return repr(self.attributes)

    def to_json(self, run_or_artifact: Any = None) -> dict[str, Any]:
        """What the file says of it."""
        return self.attributes

    @classmethod
    def from_keras(cls, layer: Any) -> Node:
        """Of a layer of Keras."""
        return cls(
            id=layer.name,
            name=layer.name,
            class_name=type(layer).__name__,
            output_shape=getattr(layer, "output_shape", ["multiple"]),
            num_parameters=layer.count_params(),
        )


class Edge(WBValue):
    """What leads from one layer to another."""

    def __init__(self, from_node: Node, to_node: Node) -> None:
        super().__init__()
        self.name: str | None = None
        self.nodes = [from_node, to_node]
        self.attributes: dict[str, Any] = {}

    @property
    def from_node(self) -> Node:
        """Where it begins."""
        return self.nodes[0]

    @property
    def to_node(self) -> Node:
        """Where it ends."""
        return self.nodes[1]

    def to_json(self, run_or_artifact: Any = None) -> Any:
        """What the file says of it."""
        return [self.from_node.id, self.to_node.id]


class Graph(Media):
    """A graph of layers.

    Attributes:
        nodes, nodes_by_id, edges: What is in it.
    """

    _log_type = "graph-file"
    _subdir = "graph"

    def __init__(self, format: str = "keras") -> None:
        super().__init__()
        self.format = format
        self.nodes: list[Node] = []
        self.nodes_by_id: dict[Any, Node] = {}
        self.edges: list[Edge] = []
        self.root: Node | None = None

    def add_node(self, node: Node | None = None, **node_kwargs: Any) -> Node:
        """Add a layer, given or made of keywords.

        Raises:
            ValueError: Both are given.
        """
        if node is not None and node_kwargs:
            raise ValueError(f"Only pass one of either node ({node}) or other keyword arguments ({node_kwargs})")
        added = Node(**node_kwargs) if node is None else node
        self.nodes.append(added)
        self.nodes_by_id[added.id] = added
        return added

    def add_edge(self, from_node: Node, to_node: Node) -> Edge:
        """Say that one layer leads to another."""
        edge = Edge(from_node, to_node)
        self.edges.append(edge)
        return edge

    def __getitem__(self, nid: Any) -> Node:
        return self.nodes_by_id[nid]

    def pprint(self) -> None:
        """Print what is in it."""
        for attributes in (*(edge.attributes for edge in self.edges), *(node.attributes for node in self.nodes)):
            pprint(attributes)

    @classmethod
    def from_keras(cls, model: Any) -> Graph:
        """Of a model of Keras, as far as its layers tell what leads to them."""
        graph = cls()
        known = [node for nodes in getattr(model, "_nodes_by_depth", {}).values() for node in nodes]
        for layer in model.layers:
            node = Node.from_keras(layer)
            for leading in getattr(layer, "_inbound_nodes", ()):
                before = getattr(leading, "inbound_layers", ())
                if known and leading not in known:
                    continue  # of another model that has the layer too
                for earlier in before if isinstance(before, (list, tuple)) else [before]:
                    found = graph.nodes_by_id.get(earlier.name) or graph.add_node(Node.from_keras(earlier))
                    graph.add_edge(found, node)
            graph.add_node(node)
        return graph

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run."""
        nodes, edges = [one.to_json() for one in self.nodes], [one.to_json() for one in self.edges]
        self._set_content(self._json(in_file({"format": self.format, "nodes": nodes, "edges": edges})), ".graph.json")
        super().bind_to_run(run, key, step, id_)
