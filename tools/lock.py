"""Write the lock files: what installs, what runs, what tests; hashes, and no registry's name.

Production has no servers of its own and no Node, and otherwise what `make run` has.
"""

import subprocess
import sys

COMMON = (
    sys.executable, "-m", "uv", "pip", "compile", "--universal", "--upgrade",
    "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header",
    "--no-annotate", "--quiet",
)  # fmt: skip
FILES = {
    "requirements-installer.lock": ("--group", "installer"),
    "requirements.lock": ("pyproject.toml", "--extra", "embedded", "--group", "build"),
    "requirements-dev.lock": (
        "pyproject.toml", "--extra", "embedded", "--group", "build", "--group", "dev",
        "--constraint", "requirements.lock",
    ),
    "requirements-production.lock": ("pyproject.toml", "--constraint", "requirements.lock"),
    "requirements-package.lock": ("--group", "package", "--constraint", "requirements.lock"),
}  # fmt: skip


def main() -> None:
    for file, sources in FILES.items():
        subprocess.run([*COMMON, *sources, "--output-file", file], check=True)


if __name__ == "__main__":
    main()
