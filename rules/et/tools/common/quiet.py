"""Makes a process deterministic and its libraries quiet; knows nothing of what they will do."""

from __future__ import annotations

import logging
import os
import warnings


def quiet() -> None:
    """Silence what libraries say on success: an action's log is shown only if it failed."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    os.environ.update(TRANSFORMERS_VERBOSITY="error", HF_HUB_OFFLINE="1", TQDM_DISABLE="1")


def deterministic(seed: int) -> None:
    """Seed torch, and keep it to one thread: the order of a sum must not depend on the machine."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
