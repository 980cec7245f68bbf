"""Owns Molecule: structures as files. Source: observed with 0.31.0."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run


class Molecule(BatchableMedia):
    """A molecule.

    Args:
        data_or_path: A path, or an open file.
        kwargs: `file_type`, which an open file without a name needs.
    Raises:
        ValueError: It is neither, or of no type that is known.
    """

    SUPPORTED_TYPES: ClassVar[set[str]] = {
        *("pdb", "pqr", "mmcif", "mcif", "cif"),
        *("sdf", "sd", "gro", "mol2", "mmtf"),
    }
    SUPPORTED_RDKIT_TYPES: ClassVar[set[str]] = {"mol", "sdf"}
    _log_type = "molecule-file"
    _subdir = "molecule"

    def __init__(self, data_or_path: Any, caption: str | None = None, **kwargs: Any) -> None:
        super().__init__(caption)
        if hasattr(data_or_path, "name"):
            data_or_path = data_or_path.name  # of a Path too: 0.31.0 looks for the bare name
        if hasattr(data_or_path, "read"):
            if hasattr(data_or_path, "seek"):
                data_or_path.seek(0)
            file_type = kwargs.get("file_type")
            if file_type is None:
                raise ValueError("Must pass file_type keyword argument when using io objects.")
            self._check(file_type)
            content = data_or_path.read()
            self._set_content(content.encode() if isinstance(content, str) else content, f".{file_type}")
        elif isinstance(data_or_path, str):
            self._check(os.path.splitext(data_or_path)[1][1:])
            self._set_path(data_or_path)
        else:
            raise ValueError(f"Data must be file name or a file object, not {type(data_or_path).__name__}")

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: Any,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """Of a molecule of rdkit, or the path of one."""
        chemistry = needed("rdkit.Chem", "wandb.Molecule.from_rdkit()")
        everything = needed("rdkit.Chem.AllChem", "wandb.Molecule.from_rdkit()")
        if isinstance(data_or_path, str):
            kind = Path(data_or_path).suffix.removeprefix(".")
            if kind not in cls.SUPPORTED_RDKIT_TYPES:
                known = ", ".join(sorted(cls.SUPPORTED_RDKIT_TYPES))
                raise ValueError(f"Molecule.from_rdkit only supports files of the type: {known}")
            if kind == "sdf":
                with chemistry.SDMolSupplier(data_or_path) as supplier:
                    molecule = next(supplier)
            else:
                molecule = chemistry.MolFromMolFile(data_or_path)
        elif isinstance(data_or_path, chemistry.rdchem.Mol):
            molecule = data_or_path
        else:
            raise TypeError(
                f"Data must be file name or an rdkit.Chem.rdchem.Mol object, not {type(data_or_path).__name__}"
            )
        if convert_to_3d_and_optimize:
            molecule = chemistry.AddHs(molecule)
            everything.EmbedMolecule(molecule)
            everything.MMFFOptimizeMolecule(molecule, maxIters=mmff_optimize_molecule_max_iterations)
        return cls(io.StringIO(chemistry.rdmolfiles.MolToPDBBlock(molecule)), caption=caption, file_type="pdb")

    @classmethod
    def from_smiles(
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """Of a line in SMILES."""
        molecule = needed("rdkit.Chem", "wandb.Molecule.from_smiles()").MolFromSmiles(data, sanitize=sanitize)
        if molecule is None:
            raise ValueError(f"Unable to parse the SMILES string {data!r}.")
        return cls.from_rdkit(molecule, caption, convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations)

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several molecules."""
        paths = [one.to_json(run)["path"] for one in seq]
        return {"_type": "molecule", "filenames": paths, "count": len(paths), "captions": cls.captions(seq)}

    @classmethod
    def _check(cls, kind: str) -> None:
        if kind not in cls.SUPPORTED_TYPES:
            raise ValueError(
                f"Molecule only supports files of the type: {', '.join(sorted(cls.SUPPORTED_TYPES))}; not {kind!r}"
            )
