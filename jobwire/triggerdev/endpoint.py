"""Where the API is, and as whom it is called."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jobwire.triggerdev.errors import InvalidOptionError

#: Without it the server answers in an older vocabulary of statuses.
API_VERSION = "2025-07-16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An environment of a Trigger.dev server.

    Attributes:
        secret_key: `tr_…`; shown by no `repr`.
        api_url: Without a slash at its end.
        branch: Of a preview environment.

    Raises:
        InvalidOptionError: One of them cannot be one.
    """

    secret_key: str = field(repr=False)
    api_url: str
    branch: str | None = None

    def __post_init__(self) -> None:
        _check_header("secret_key", self.secret_key)
        if self.branch is not None:
            _check_header("branch", self.branch)
        if not _is_base_url(self.api_url):
            raise InvalidOptionError(
                "api_url",
                "be a URL such as https://api.trigger.dev, without credentials",
            )
        object.__setattr__(self, "api_url", self.api_url.rstrip("/"))

    def headers(self) -> dict[str, str]:
        """Return what every request to the API carries, and no other request."""
        branch = {} if self.branch is None else {"x-trigger-branch": self.branch}
        return {
            "authorization": f"Bearer {self.secret_key}",
            "x-trigger-api-version": API_VERSION,
            **branch,
        }

    def without_key(self, text: str) -> str:
        """Return a text with the key taken out."""
        return text.replace(self.secret_key, "[secret key]")


def _check_header(option: str, value: str) -> None:
    # Anything else would make a header whose own error quotes the value.
    if not value.isascii() or not value.isprintable() or not value or " " in value:
        raise InvalidOptionError(option, "be visible ASCII without spaces")


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        addressed = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # Credentials in the URL would take the place of the key.
    extra = parts.query or parts.fragment or parts.username or parts.password
    return parts.scheme in {"http", "https"} and addressed and not extra
