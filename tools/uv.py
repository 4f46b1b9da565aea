"""Finding uv, or getting it."""

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from tools.package_index import PackageIndex
from tools.steps import ROOT, ReportedError, step, succeed

_UV = ROOT / ".tools" / "bin" / "uv"


class UvNotFoundError(ReportedError):
    """There is no uv, and no way to get it."""

    def __init__(self) -> None:
        super().__init__(
            "Jobwire needs uv, found none on the PATH, and this Python has no pip to "
            "get it with. Install one of the two (for example the package python3-pip "
            "of your system), or set PIP_INDEX_URL to the package index to get uv from."
        )


def find_uv(index: PackageIndex) -> str:
    """Returns the path of uv: that on the PATH, or our own in `.tools/`.

    Raises:
        UvNotFoundError: neither is there, and neither pip nor a configured index is.
        StepFailedError: pip could not get it.
        UvDownloadError: the index does not answer, or has none for this machine.
    """
    found = shutil.which("uv")
    if found is None and not _UV.exists():
        _get_uv(index)
    return found or str(_UV)


def _get_uv(index: PackageIndex) -> None:
    pip = _find_pip()
    if pip is not None:
        with step("Getting uv with pip"):
            # Into a folder of ours: an externally managed Python stays as it is.
            succeed([*pip, "install", "--quiet", "--target", str(_UV.parents[1]), "uv"])
    elif index.url is not None:
        with step("Getting uv"):
            from tools.uv_wheel import download_uv  # noqa: PLC0415  (rarely needed)

            download_uv(index.url, _UV.parent, index)
    else:
        raise UvNotFoundError


def _find_pip() -> list[str] | None:
    """The command that runs pip: installed, or in the wheel that ensurepip unpacks."""
    options = ["--disable-pip-version-check", "--no-input"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", *options]
    bundled = Path(os.__file__).parent / "ensurepip" / "_bundled"
    of_the_system = sysconfig.get_config_var("WHEEL_PKG_DIR")
    for folder in (bundled, *([Path(of_the_system)] if of_the_system else [])):
        for wheel in folder.glob("pip-*.whl"):
            return [sys.executable, str(wheel / "pip"), *options]
    return None
