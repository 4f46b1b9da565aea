"""Which documents the web application runs, as the settings have it."""

from jobwire.app.settings import Settings, SettingsError, environment_names
from jobwire.gql.documents import DocumentPolicy, ManifestError, TrustedDocuments
from jobwire.web.board_documents import board_documents


def document_policy(settings: Settings) -> DocumentPolicy:
    """Read the manifests that the settings name, with all of their documents.

    Raises:
        SettingsError: One cannot be used.
    """
    is_trusted = settings.operations == "trusted"
    try:
        trusted = TrustedDocuments.read(
            settings.trusted_documents, board_documents() if is_trusted else ()
        )
    except ManifestError as error:
        name = environment_names()["trusted_documents"]
        raise SettingsError(f"{name} cannot be used: {error}") from None
    return DocumentPolicy(
        trusted, only_trusted=is_trusted, introspection=settings.introspection
    )
