"""Why what a provider says is not believed: for logs and administrators, never for whoever asks."""


class Doubt(Exception):
    """`why` is one of a few words the interface has sentences for; `told` what was found."""

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(f"{why}: {told}" if told else why)
        self.why = why
        self.told = told[:300]


class Silent(Doubt):
    """The provider does not answer, or may not be called."""
