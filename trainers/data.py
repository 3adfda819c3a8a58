"""What training is given: padded token and target codes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PAD = -1
UNSCORED = -1


@dataclass(frozen=True, slots=True)
class Data:
    """Examples, padded to one length.

    Attributes:
        tokens: codes `[examples, positions]`, `PAD` after the end.
        targets: classes `[examples, positions]`, `UNSCORED` where there is no label;
            `[examples, 1]` for a pooled network.
    """

    tokens: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return self.tokens.shape[0]

    def __getitem__(self, index: Tensor) -> Data:
        return Data(self.tokens[index], self.targets[index])

    def to(self, device: torch.device) -> Data:
        """The same on another device."""
        return Data(self.tokens.to(device), self.targets.to(device))

    @property
    def scored(self) -> Tensor:
        """Where there is a label: bool, of the size of the targets."""
        return self.targets != UNSCORED
