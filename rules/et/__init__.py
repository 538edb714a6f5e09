"""The et family: models, and the ExecuTorch programs that are made of them and proven."""

from etbuild.api import Command, Family
from rules.et.device_bundle import device_bundle
from rules.et.eager_text import eager_text
from rules.et.hf_model import hf_model
from rules.et.image import et_image, et_image_test
from rules.et.install import install_program, install_runtime
from rules.et.kernel_catalog import et_kernel_catalog
from rules.et.providers import EtRuntimeInfo, ProgramInfo
from rules.et.pt2_model import pt2_model
from rules.et.pte import pte
from rules.et.pte_test import pte_test
from rules.et.runtime import et_runtime
from rules.et.runtime_sources import et_runtime_sources
from rules.et.selected_kernels import et_kernels, et_selected_kernels
from rules.et.text_runner import text_runner, text_runner_test
from rules.et.tokenizer import tokenizer
from rules.et.torch_model import torch_model

FAMILY = Family(
    name="et",
    api=1,
    requires=("core", "py", "cc"),
    rules=(
        *(hf_model, torch_model, pt2_model, pte, pte_test),
        *(
            et_image,
            et_image_test,
            device_bundle,
            et_kernel_catalog,
            et_kernels,
            et_selected_kernels,
            et_runtime,
            et_runtime_sources,
            tokenizer,
            text_runner,
            text_runner_test,
            eager_text,
        ),
    ),
    installers=((ProgramInfo, install_program), (EtRuntimeInfo, install_runtime)),
    commands=(
        Command(
            "inspect",
            "Show what a .pte file holds: methods, operators, delegates, memory plan, bytes.",
            "pte/inspect.py",
        ),
        Command("diff", "Show how two .pte files differ.", "pte/diff.py"),
        Command("size", "Show what takes how much of a program, and what grew since a revision.", "size/size.py"),
    ),
)
