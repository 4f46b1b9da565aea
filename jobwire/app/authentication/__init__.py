"""Who is asking: one module per way to prove it, asked one after the other."""

from jobwire.app.authentication.chain import Asking, Authenticator, Chain
from jobwire.app.authentication.host import HostAuthenticate, by_host
from jobwire.app.authentication.loopback import DEV_USER, by_loopback
from jobwire.app.authentication.viewer_token import by_viewer_token, viewer_signer
from jobwire.app.authentication.wiring import open_chain

__all__ = [
    "DEV_USER",
    "Asking",
    "Authenticator",
    "Chain",
    "HostAuthenticate",
    "by_host",
    "by_loopback",
    "by_viewer_token",
    "open_chain",
    "viewer_signer",
]
