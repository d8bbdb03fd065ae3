"""Write requirements.lock and requirements-dev.lock: hashes, and no registry's name."""

import subprocess
import sys

COMMON = (
    sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--upgrade",
    "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header",
    "--no-annotate", "--quiet",
)  # fmt: skip


def main() -> None:
    for file, groups in (
        ("requirements.lock", ("build",)),
        ("requirements-dev.lock", ("build", "dev")),
    ):
        told = [word for group in groups for word in ("--group", group)]
        subprocess.run([*COMMON, *told, "--output-file", file], check=True)


if __name__ == "__main__":
    main()
