"""The documentation as a site: built by MkDocs from the pages as they are."""
