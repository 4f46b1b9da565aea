"""What a plan does not answer."""


class Unplanned(Exception):  # noqa: N818 - it is no error: the executor answers instead
    """A plan cannot give an answer, or not one without errors: the executor is to.

    Attributes:
        reason: Why, in a few words that hold nothing of the request.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
